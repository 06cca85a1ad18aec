/**
 * Hot path: jobs in classes whose members are served at one rate at any time. The progress of all members
 * is kept in one virtual clock, so a change of rate costs O(1) however many they are.
 */

/** Capacities that classes share. */
export const CPU = 0;
export const NIC = 1;

/** Classes of jobs by their numbers; a job is in one class at most. Reused from VM to VM. */
export class RateClasses {
  /** Classes in use. */
  count = 0;
  /** Members of each class. */
  size = new Int32Array(0);
  /** When the first member of each class ends if no rate changes, ms; Infinity for none. */
  endMs = new Float64Array(0);
  /** Most of a shared capacity that one member can use, and what it was last given. */
  cap = new Float64Array(0);
  share = new Float64Array(0);
  /** Lists of the classes that share the CPU and the NIC, by cap; -1 ends them. */
  first = new Int32Array(2);
  next = new Int32Array(0);

  // A class's clock is what each member present all along has been served; a member ends at its mark.
  #clock = new Float64Array(0);
  #sinceMs = new Float64Array(0);
  #rate = new Float64Array(0);
  #mark = new Float64Array(0);
  // Each class is a pairing heap of its members, ordered by mark and then by job number.
  // Source: Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap", Algorithmica 1, 1986.
  #root = new Int32Array(0);
  #child = new Int32Array(0);
  #sibling = new Int32Array(0);

  /** Makes room for `jobs` in at most `classes`, and forgets all there were. */
  begin(jobs: number, classes: number): void {
    if (jobs > this.#mark.length) this.#growJobs(2 * jobs);
    if (classes > this.size.length) this.#growClasses(2 * classes);
    this.count = 0;
    this.first[CPU] = -1;
    this.first[NIC] = -1;
  }

  /** Opens an empty class, served at 1 per ms until told otherwise, and returns its number. */
  open(): number {
    const c = this.count++;
    this.size[c] = 0;
    this.endMs[c] = Number.POSITIVE_INFINITY;
    this.#rate[c] = 1;
    this.#root[c] = -1;
    return c;
  }

  /** Opens an empty class whose members share capacity `of` (CPU or NIC), each up to `cap`. O(classes). */
  openSharing(of: number, cap: number): number {
    const c = this.open();
    this.cap[c] = cap;
    let before = -1;
    let after = this.first[of]!;
    while (after >= 0 && this.cap[after]! <= cap) {
      before = after;
      after = this.next[after]!;
    }
    this.next[c] = after;
    if (before < 0) this.first[of] = c;
    else this.next[before] = c;
    return c;
  }

  /**
   * Shares `capacity` among the members of the classes of `of`: max-min fair, so who cannot use an equal
   * share leaves the rest of it to the others. Returns what nobody can use. O(classes).
   */
  divide(of: number, capacity: number): number {
    const { size, next } = this;
    const first = this.first[of]!;
    let open = 0;
    for (let c = first; c >= 0; c = next[c]!) open += size[c]!;
    let left = capacity;
    for (let c = first; open > 0; c = next[c]!) {
      const members = size[c]!;
      if (members === 0) continue;
      const each = Math.min(this.cap[c]!, left / open);
      this.share[c] = each;
      left -= members * each;
      open -= members;
    }
    return left;
  }

  /** Serves each member of class `c` at `rate` per ms from now on. O(1). */
  setRate(c: number, rate: number, nowMs: number): void {
    const old = this.#rate[c]!;
    if (rate === old) return;
    this.#rate[c] = rate;
    const root = this.#root[c]!;
    if (root < 0) return;
    const clock = this.#clock[c]! + old * (nowMs - this.#sinceMs[c]!);
    this.#clock[c] = clock;
    this.#sinceMs[c] = nowMs;
    this.endMs[c] = nowMs + (this.#mark[root]! - clock) / rate;
  }

  /** Adds job `j`, which ends when it has been served `demand`. O(1). */
  push(c: number, j: number, demand: number, nowMs: number): void {
    this.#child[j] = -1;
    this.#sibling[j] = -1;
    const rate = this.#rate[c]!;
    const size = this.size[c]!;
    this.size[c] = size + 1;
    if (size === 0) {
      // The clock starts anew with every first member, which keeps its readings small and exact.
      this.#clock[c] = 0;
      this.#sinceMs[c] = nowMs;
      this.#mark[j] = demand;
      this.#root[c] = j;
      this.endMs[c] = nowMs + demand / rate;
      return;
    }
    const clock = this.#clock[c]! + rate * (nowMs - this.#sinceMs[c]!);
    this.#mark[j] = clock + demand;
    if (this.#link(this.#root[c]!, j) !== j) return;
    this.#root[c] = j;
    this.endMs[c] = nowMs + demand / rate;
  }

  /** Takes out the member of class `c` that ends first, the lowest job of equals. O(log size) amortized. */
  pop(c: number): number {
    const first = this.#root[c]!;
    let root = this.#child[first]!;
    if (root >= 0 && this.#sibling[root]! >= 0) root = this.#joined(root);
    this.#root[c] = root;
    this.size[c] = this.size[c]! - 1;
    this.endMs[c] =
      root < 0
        ? Number.POSITIVE_INFINITY
        : this.#sinceMs[c]! + (this.#mark[root]! - this.#clock[c]!) / this.#rate[c]!;
    return first;
  }

  // One heap of two: the later root becomes the first child of the earlier.
  #link(a: number, b: number): number {
    const markA = this.#mark[a]!;
    const markB = this.#mark[b]!;
    const aFirst = markA < markB || (markA === markB && a < b);
    const parent = aFirst ? a : b;
    const child = aFirst ? b : a;
    this.#sibling[child] = this.#child[parent]!;
    this.#child[parent] = child;
    return parent;
  }

  // One heap of siblings: in pairs from the first, then the pairs from the last.
  #joined(first: number): number {
    const sibling = this.#sibling;
    let pairs = -1;
    let next = first;
    while (next >= 0) {
      const a = next;
      const b = sibling[a]!;
      next = b < 0 ? -1 : sibling[b]!;
      const pair = b < 0 ? a : this.#link(a, b);
      sibling[pair] = pairs;
      pairs = pair;
    }
    let root = pairs;
    next = sibling[root]!;
    while (next >= 0) {
      const after = sibling[next]!;
      root = this.#link(root, next);
      next = after;
    }
    sibling[root] = -1;
    return root;
  }

  #growJobs(capacity: number): void {
    this.#mark = new Float64Array(capacity);
    this.#child = new Int32Array(capacity);
    this.#sibling = new Int32Array(capacity);
  }

  #growClasses(capacity: number): void {
    this.size = new Int32Array(capacity);
    this.endMs = new Float64Array(capacity);
    this.cap = new Float64Array(capacity);
    this.share = new Float64Array(capacity);
    this.next = new Int32Array(capacity);
    this.#clock = new Float64Array(capacity);
    this.#sinceMs = new Float64Array(capacity);
    this.#rate = new Float64Array(capacity);
    this.#root = new Int32Array(capacity);
  }
}
