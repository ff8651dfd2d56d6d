interface Batch {
  readonly values: readonly unknown[];
  readonly sizes: readonly number[];
  next: number;
}

/** Values that have come and are not taken yet, in order, as the batches they came in. */
export class KeptValues {
  readonly #batches: Batch[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Plain bytes of the oldest. */
  get size(): number {
    const [first] = this.#batches;
    return first?.sizes[first.next] ?? 0;
  }

  /** @param sizes the plain bytes of each */
  add(values: readonly unknown[], sizes: readonly number[]): void {
    if (values.length === 0) return;
    this.#batches.push({ values, sizes, next: 0 });
    this.#count += values.length;
  }

  /** Takes the oldest; there must be one. */
  shift(): unknown {
    const first = this.#batches[0] as Batch;
    const value = first.values[first.next++];
    if (first.next === first.values.length) this.#batches.shift();
    this.#count--;
    return value;
  }

  /** Drops the oldest until `keep` are left, and returns their bytes. */
  trim(keep: number): number {
    let bytes = 0;
    while (this.#count > keep) {
      bytes += this.size;
      this.shift();
    }
    return bytes;
  }

  clear(): void {
    this.#batches.length = 0;
    this.#count = 0;
  }
}
