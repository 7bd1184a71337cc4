import type { TwinView } from "./engine.ts";

/** Moments that a new reader is shown; beyond that every other one is dropped. */
const MOST_TWINS = 500;

/** Both twins of a simulation over time, thinned out as it grows. */
export class TwinHistory {
  #moments: TwinView[] = [];

  /** Adds a moment. */
  add(twin: TwinView): void {
    const { payments } = this.last?.lens ?? { payments: 0 };
    // Fewer payments than before: the figures count from a new beginning.
    if (twin.lens.payments < payments) this.#moments = [];
    if (this.#moments.length >= MOST_TWINS) {
      this.#moments = this.#moments.filter((_, i) => i % 2 === 0);
    }
    this.#moments.push(twin);
  }

  get last(): TwinView | undefined {
    return this.#moments.at(-1);
  }

  /** Oldest first. */
  list(): readonly TwinView[] {
    return this.#moments;
  }
}
