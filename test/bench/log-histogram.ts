/** Quantiles of a stream in constant memory: counts in buckets whose bounds grow by a fixed ratio. */

/** Relative error of a quantile is below the ratio minus 1. Source: the idea of DDSketch, VLDB'19. */
export class LogHistogram {
  readonly #lnRatio: number;
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sum = 0;

  constructor(ratio: number) {
    this.#lnRatio = Math.log(ratio);
  }

  /** Mean of what was added. */
  get mean(): number {
    return this.#sum / this.#count;
  }

  /** Adds a positive value. */
  add(value: number): void {
    const bucket = Math.ceil(Math.log(value) / this.#lnRatio);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#count++;
    this.#sum += value;
  }

  /** The value below which a fraction `q` lies. */
  quantile(q: number): number {
    let left = q * this.#count;
    const buckets = [...this.#counts].sort(([a], [b]) => a - b);
    for (const [bucket, count] of buckets) {
      left -= count;
      if (left <= 0) return Math.exp((bucket - 0.5) * this.#lnRatio);
    }
    return Number.NaN;
  }
}
