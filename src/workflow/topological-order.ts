/** One order of what waits for each other, for stages, for steps and for groups alike. */

/**
 * Items 0 to `after.length - 1` so that each comes before those in its row of `after`, and always the
 * first one that is ready. A row may name an item several times. Items on a cycle, and all that wait
 * for them, are missing. O((items + links) log items).
 */
export function topologicalOrder(after: readonly (readonly number[])[]): number[] {
  const waiting = new Int32Array(after.length);
  for (const row of after) for (const item of row) waiting[item]!++;
  const ready: number[] = [];
  // Ascending, which is a heap already.
  for (let item = 0; item < after.length; item++) if (waiting[item] === 0) ready.push(item);
  const order: number[] = [];
  while (ready.length > 0) {
    const item = takeLeast(ready);
    order.push(item);
    for (const next of after[item]!) if (--waiting[next]! === 0) add(ready, next);
  }
  return order;
}

function add(heap: number[], item: number): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= item) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

function takeLeast(heap: number[]): number {
  const least = heap[0]!;
  const item = heap.pop()!;
  if (heap.length === 0) return least;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= item) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
  return least;
}
