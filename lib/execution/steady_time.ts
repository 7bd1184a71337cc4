import { DAY_MS, formatDuration, logger, MINUTE_MS } from "../core/mod.ts";

/** A clock that is ahead by less was not set, but corrected. */
const TOLERATED_MS = MINUTE_MS;

/**
 * Wall time for sums over 24 hours, in a program that goes on running: a clock that is set forward
 * makes no payment older than it is. From then on the time that goes by is counted; after 24 hours all
 * payments of before are old enough, and the clock is believed again. A machine that slept looks
 * the same.
 */
export class SteadyTime {
  /** When the clock was last believed, by itself and by what goes by. */
  #wallMs = NaN;
  #elapsedMs = NaN;
  #aheadMs = 0;
  #setAtMs = 0;

  /** @param elapsed monotonic milliseconds */
  constructor(private readonly elapsed: () => number) {}

  /** @param wallMs what the clock says now, Unix ms */
  at(wallMs: number): number {
    const elapsedMs = this.elapsed();
    const steadyMs = this.#wallMs + elapsedMs - this.#elapsedMs;
    const aheadMs = wallMs - steadyMs;
    if (aheadMs - this.#aheadMs > TOLERATED_MS) {
      this.#setAtMs = elapsedMs;
      logger("execution").warn`the clock went ahead by ${
        formatDuration(aheadMs - this.#aheadMs)
      }: the budget counts 24 hours of this program instead`;
    }
    this.#aheadMs = aheadMs;
    if (aheadMs > TOLERATED_MS && elapsedMs - this.#setAtMs < DAY_MS) return steadyMs;
    this.#wallMs = wallMs;
    this.#elapsedMs = elapsedMs;
    this.#aheadMs = 0;
    return wallMs;
  }
}
