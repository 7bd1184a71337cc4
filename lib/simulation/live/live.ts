import { type Clock, HOUR_MS } from "../../core/mod.ts";
import type { Suggestion } from "../../protocol/mod.ts";
import { decideSuggestion } from "../decide.ts";
import type { Simulation } from "../simulation.ts";

/** How a {@linkcode LiveSimulation} runs. */
export interface LiveOptions {
  simulation: Simulation;
  clock: Clock;
  /** Virtual over real time at first; 0 lets it stand still, a huge one is as fast as it goes. */
  speed: number;
  /** Called every `askEveryMs` of virtual time, to ask for suggestions without waiting. */
  ask?: () => void;
  askEveryMs?: number;
  /** The simulation stands still while this says no. */
  ready?: () => boolean;
}

/** Real time of one slice of work, and the pause between slices. */
const SLICE_MS = 40;
const PAUSE_MS = 15;

/**
 * Moves a simulation along with the clock, at `speed` times its pace, in slices that leave room
 * for others. Where the machine can't keep up, virtual time falls behind; it doesn't rush later.
 */
export class LiveSimulation {
  /** Virtual over real time; may be changed while it runs. */
  speed: number;
  readonly #options: LiveOptions;
  #askMs: number;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.speed = options.speed;
    this.#askMs = options.simulation.nowMs + (options.askEveryMs ?? HOUR_MS);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, ready } = this.#options;
    let lastMs = clock.nowMs();
    while (!signal.aborted) {
      const nowMs = clock.nowMs();
      const due = (ready?.() ?? true) ? (nowMs - lastMs) * this.speed : 0;
      const kept = due === 0 || this.#slice(due);
      lastMs = nowMs;
      await clock.sleep(kept ? PAUSE_MS : 0, signal);
    }
  }

  /** Runs up to so much virtual time, while real time lasts. False where that was too short. */
  #slice(durationMs: number): boolean {
    const { simulation, clock, ask, askEveryMs = HOUR_MS } = this.#options;
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
    const kept = simulation.nextMs > endMs;
    if (kept) simulation.runUntil(endMs);
    return kept;
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
