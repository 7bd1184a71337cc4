import { SECOND_MS, systemClock } from "../../core/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";
import { type Figures, figuresOf } from "./figures.ts";
import type { Twin } from "./twin.ts";

/** The twin catches up so often. */
const FOLLOW_MS = SECOND_MS;

/** Both twins at one moment of virtual time. */
export interface Pair {
  lens: Figures;
  twin: Figures;
}

/** Lets a twin follow a simulation that runs live, and compares the two at the same virtual times. */
export class FollowingTwin {
  /** The last comparison; undefined before the first. */
  pair: Pair | undefined;

  constructor(readonly simulation: Simulation, readonly twin: Twin) {}

  /** Follows until the signal aborts, then up to where the simulation stands. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#catchUp();
      await systemClock.sleep(FOLLOW_MS, signal);
    }
    await this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    // Both are read at one moment: the simulation goes on while the twin follows.
    const lens = figuresOf(this.simulation);
    this.pair = { lens, twin: await this.twin.runUntil(this.simulation.nowMs) };
  }
}
