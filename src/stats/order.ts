/** Hot path: few or many numbers in order, and their median, for which many need not be sorted. */

// Insertion sort wins below.
const FEW = 32;

let scratch = new Float64Array(FEW);

/** Sorts `count` values, from place `from` on, into `sorted`. */
export function sortInto(
  sorted: Float64Array,
  values: Float64Array,
  count: number,
  from = 0,
): void {
  if (count > FEW) {
    sorted.set(values.subarray(from, from + count));
    sorted.subarray(0, count).sort();
    return;
  }
  for (let i = 0; i < count; i++) {
    const value = values[from + i]!;
    let at = i;
    while (at > 0 && sorted[at - 1]! > value) {
      sorted[at] = sorted[at - 1]!;
      at--;
    }
    sorted[at] = value;
  }
}

/** Median of `count` values from place `from` on: the mean of the two middle ones of an even count. O(count). */
export function medianOf(values: Float64Array, count: number, from = 0): number {
  if (count > scratch.length) scratch = new Float64Array(2 * count);
  if (count <= FEW) sortInto(scratch, values, count, from);
  else {
    for (let i = 0; i < count; i++) scratch[i] = values[from + i]!;
    select(scratch, count, (count - 1) >> 1);
    // All above the place are at least as large: the next is the least of them.
    if ((count & 1) === 0) moveLeastTo(scratch, count >> 1, count);
  }
  return 0.5 * (scratch[(count - 1) >> 1]! + scratch[count >> 1]!);
}

// Puts the value of rank `place` there, smaller ones before it and larger ones after.
// Source: Hoare, "Algorithm 65: find", Communications of the ACM 4(7), 1961.
function select(values: Float64Array, count: number, place: number): void {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else return;
  }
}

function moveLeastTo(values: Float64Array, from: number, to: number): void {
  let least = from;
  for (let i = from + 1; i < to; i++) if (values[i]! < values[least]!) least = i;
  const value = values[least]!;
  values[least] = values[from]!;
  values[from] = value;
}
