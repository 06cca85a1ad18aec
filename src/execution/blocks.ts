/** Hot path: a list of numbers for each of many owners, all in one array, so that a short list costs no object. */

/** Lists by the number of their owner. One that outgrows its place moves to the end and takes twice the room. */
export class Blocks<Numbers extends Int32Array | Float64Array> {
  /** All lists: that of `owner` begins at `first[owner]`. */
  data: Numbers;
  first = new Int32Array(0);
  #room = new Int32Array(0);
  #used = 0;
  readonly #make: (length: number) => Numbers;

  /** @param make An array of zeros. */
  constructor(make: (length: number) => Numbers) {
    this.#make = make;
    this.data = make(0);
  }

  /** Makes room for so many owners. */
  addOwners(owners: number): void {
    this.first = grown(this.first, new Int32Array(owners));
    this.#room = grown(this.#room, new Int32Array(owners));
  }

  /** Makes room for `count` numbers of `owner`, whatever they are now, and returns where they begin. */
  reserve(owner: number, count: number): number {
    const room = this.#room[owner]!;
    if (count <= room) return this.first[owner]!;
    const wanted = Math.max(count, 2 * room);
    const first = this.#used;
    this.#used += wanted;
    if (this.#used > this.data.length)
      this.data = grown(this.data, this.#make(Math.max(64, 2 * this.#used)));
    this.first[owner] = first;
    this.#room[owner] = wanted;
    return first;
  }

  /** How many numbers `owner` has room for. */
  roomOf(owner: number): number {
    return this.#room[owner]!;
  }
}

/** `larger` with the numbers of `old` in front. */
export function grown<T extends Int32Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
