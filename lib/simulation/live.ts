import { type Clock, HOUR_MS } from "../core/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import { decideSuggestion } from "./decide.ts";
import type { Simulation } from "./simulation.ts";

/** How a {@linkcode LiveSimulation} runs. */
export interface LiveOptions {
  simulation: Simulation;
  clock: Clock;
  /** Virtual over real time; 0 is as fast as it goes. */
  speed: number;
  /** Called every `askEveryMs` of virtual time, to ask for suggestions without waiting. */
  ask?: () => void;
  askEveryMs?: number;
  /** The simulation stands still while this says no. */
  ready?: () => boolean;
  /** Called after each slice of work. */
  onSlice?: () => void;
}

/** Real time of one slice of work, and the pause between slices. */
const SLICE_MS = 40;
const PAUSE_MS = 15;

/**
 * Moves a simulation along with the clock, at `speed` times its pace, in slices that leave room
 * for others. Where the machine can't keep up, virtual time falls behind; it doesn't rush later.
 */
export class LiveSimulation {
  readonly #options: LiveOptions;
  #askMs: number;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#askMs = options.simulation.nowMs + (options.askEveryMs ?? HOUR_MS);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, speed, ready } = this.#options;
    let lastMs = clock.nowMs();
    while (!signal.aborted) {
      const nowMs = clock.nowMs();
      if (ready?.() ?? true) {
        this.#slice(speed === 0 ? Infinity : (nowMs - lastMs) * speed);
      }
      lastMs = nowMs;
      await clock.sleep(speed === 0 ? 0 : PAUSE_MS, signal);
    }
  }

  /** Runs up to so much virtual time, while real time lasts. */
  #slice(durationMs: number): void {
    const { simulation, clock, ask, askEveryMs = HOUR_MS, onSlice } = this.#options;
    const endMs = simulation.nowMs + durationMs;
    const stopMs = clock.nowMs() + SLICE_MS;
    // A look at the clock after every payment costs less than a payment.
    while (simulation.nextMs <= endMs) {
      simulation.step();
      if (simulation.nowMs >= this.#askMs) {
        this.#askMs += askEveryMs * Math.ceil((simulation.nowMs - this.#askMs + 1) / askEveryMs);
        ask?.();
      }
      if (clock.nowMs() >= stopMs) break;
    }
    if (Number.isFinite(endMs) && simulation.nextMs > endMs) simulation.runUntil(endMs);
    onSlice?.();
  }
}

/**
 * Runs in lock-step with whoever suggests: an epoch of virtual time, then the question, then what
 * was suggested is applied in the order in which it came, then the next. The run depends on the seed and
 * the suggestions alone, not on how fast anything is.
 *
 * @param suggest asks and waits, such as `SimulationServer.requestSuggestions`
 */
export async function runEpoch(
  simulation: Simulation,
  { epochMs, suggest, minConfidence }: {
    epochMs: number;
    suggest: () => Promise<Suggestion[]>;
    minConfidence: number;
  },
): Promise<void> {
  simulation.runUntil(simulation.nowMs + epochMs);
  const suggestions = await suggest();
  for (const suggestion of suggestions) decideSuggestion(simulation, suggestion, minConfidence);
}
