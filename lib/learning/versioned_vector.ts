/** A vector that remembers what it was, as far back as was asked for. */
export class VersionedVector {
  /** Present values. Change them by {@linkcode VersionedVector.change} only. */
  readonly values: Float64Array;
  #versions: { fromMs: number; values: Float64Array }[] = [];

  /** @param spacingMs changes closer together than this share a version */
  constructor(size: number, readonly spacingMs: number) {
    this.values = new Float64Array(size);
  }

  /**
   * Changes the values as of `timeMs`, which never runs backwards here.
   *
   * @param keepFromMs versions that ended before are forgotten
   */
  change(timeMs: number, keepFromMs: number, work: (values: Float64Array) => void): void {
    const last = this.#versions.at(-1);
    work(this.values);
    if (last !== undefined && timeMs - last.fromMs < this.spacingMs) {
      last.values.set(this.values);
    } else {
      this.#versions.push({ fromMs: timeMs, values: this.values.slice() });
    }
    while (this.#versions.length > 1 && this.#versions[1].fromMs <= keepFromMs) {
      this.#versions.shift();
    }
  }

  /** The values as of a time; all 0 before the first change. */
  at(timeMs: number): Float64Array {
    for (let i = this.#versions.length - 1; i >= 0; i--) {
      if (this.#versions[i].fromMs <= timeMs) return this.#versions[i].values;
    }
    return new Float64Array(this.values.length);
  }
}
