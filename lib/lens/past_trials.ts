import type { TimeSpan, UnheardTimes } from "../liquidity/mod.ts";
import type { Trial, TriedMove } from "../planning/mod.ts";
import { pairReplay } from "./pair_replay.ts";
import type { PastFlows } from "./past_flows.ts";

/** Stretches that a rebalance is tried on at most: where the horizon is short, the newest. */
const MOST_TRIALS = 10;

/**
 * Tries rebalances on the past. Begun from the balances as they are, in which of the last days
 * (stretches as long as the horizon) would what was then attempted have earned back the fee? It is
 * the question by which the {@linkcode ShadowJudge} judges them later, asked of the time before.
 */
export class PastTrials {
  constructor(
    readonly horizonMs: number,
    readonly flows: PastFlows,
    readonly unheard: UnheardTimes,
  ) {}

  /** Of stretches that were heard, from the first whose middle was watched; the newest first. */
  of(move: TriedMove, nowMs: number): Trial[] {
    const half = { amountMsat: move.amountMsat / 2, feeMsat: move.feeMsat / 2 };
    return this.#stretches(nowMs).filter((stretch) =>
      (stretch.fromMs + stretch.toMs) / 2 >= move.watchedSinceMs &&
      this.unheard.heard(move.target.node, stretch)
    ).map((stretch) => {
      const earnedMsat = pairReplay(this.flows, move, stretch);
      return { whole: earnedMsat(move) > move.feeMsat, half: earnedMsat(half) > half.feeMsat };
    });
  }

  /** Those of which flows are kept, the newest first. */
  #stretches(nowMs: number): TimeSpan[] {
    const { horizonMs } = this;
    const count = Math.min(MOST_TRIALS, Math.floor(this.flows.keptMs / horizonMs));
    return Array.from({ length: count }, (_, i) => ({
      fromMs: nowMs - (i + 1) * horizonMs,
      toMs: nowMs - i * horizonMs,
    }));
  }
}
