import { elapsedMs, SECOND_MS, systemClock } from "../../core/mod.ts";
import type { Pace } from "../../simulation/mod.ts";

/** The pace is looked at so often while virtual time is waited for. */
const PIECE_MS = SECOND_MS / 10;

/** Holds virtual time back to a pace, which may change meanwhile. What falls behind may catch up. */
export class Pacer {
  /** Real time that went by while it did not stand still. */
  passedMs = 0;
  #allowedMs = 0;
  #lastMs = elapsedMs();

  constructor(readonly pace: Pace) {}

  /** Waits until so much virtual time since the start may be over. */
  async reach(virtualMs: number, signal: AbortSignal): Promise<void> {
    this.#pass();
    while ((this.#allowedMs < virtualMs || this.pace.speed === 0) && !signal.aborted) {
      await systemClock.sleep(PIECE_MS, signal);
      this.#pass();
    }
  }

  #pass(): void {
    const nowMs = elapsedMs(), ms = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#allowedMs += ms * this.pace.speed;
    if (this.pace.speed > 0) this.passedMs += ms;
  }
}
