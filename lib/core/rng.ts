import { hashOf } from "./hash.ts";

/** Source of chance. Every stream is a function of its seed and its label alone. */
export interface Rng {
  /** Uniform in [0, 1), 53 bits. */
  float(): number;
  /** Uniform integer in [0, n). `n` is at least 1. */
  int(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /**
   * An independent stream named `label`, which does not depend on how much of this one was used:
   * adding a consumer leaves all others' numbers as they were.
   */
  fork(label: string): Rng;
  /** Shuffles in place (Fisher and Yates) and returns the array. */
  shuffle<T extends { length: number; [i: number]: unknown }>(items: T): T;
  /** Where the stream stands, as plain data. */
  save(): RngState;
  /** Goes on where the stream of the same name stood. */
  load(state: RngState): void;
}

/** The state of a generator and the half of a pair of normal numbers that waits, or null. */
export type RngState = [a: number, b: number, c: number, d: number, spare: number | null];

/**
 * xoshiro128** (Blackman and Vigna, 2018), seeded by splitmix32 over the seed and the label.
 *
 * @example
 * ```ts
 * import { seededRng } from "../../lib/core/mod.ts";
 * const a = seededRng(7).fork("traffic"), b = seededRng(7).fork("traffic");
 * if (a.float() !== b.float()) throw new Error("the same seed gives the same numbers");
 * ```
 */
export function seededRng(seed: number): Rng {
  return new Xoshiro(String(seed));
}

class Xoshiro implements Rng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare = NaN;
  constructor(readonly path: string) {
    let state = hashOf(path);
    const next = () => {
      state = (state + 0x9e3779b9) | 0;
      let z = state ^ (state >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    [this.#a, this.#b, this.#c, this.#d] = [next(), next(), next(), next() | 1];
  }
  #next(): number {
    const r = Math.imul(this.#b, 5);
    const result = Math.imul((r << 7) | (r >>> 25), 9);
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }
  float(): number {
    return ((this.#next() >>> 5) * 67108864 + (this.#next() >>> 6)) / 9007199254740992;
  }
  int(n: number): number {
    return Math.floor(this.float() * n);
  }
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = NaN;
      return spare;
    }
    // Box and Muller; 1 - u keeps the logarithm finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    const angle = 2 * Math.PI * this.float();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
  exponential(): number {
    return -Math.log(1 - this.float());
  }
  fork(label: string): Rng {
    return new Xoshiro(`${this.path}/${label}`);
  }
  shuffle<T extends { length: number; [i: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }
  save(): RngState {
    const spare = Number.isNaN(this.#spare) ? null : this.#spare;
    return [this.#a, this.#b, this.#c, this.#d, spare];
  }
  load([a, b, c, d, spare]: RngState): void {
    [this.#a, this.#b, this.#c, this.#d] = [a, b, c, d];
    this.#spare = spare ?? NaN;
  }
}
