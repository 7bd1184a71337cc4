import { LEVELS_A_HOP, PAYER_LEVEL, PEER_LEVEL, UNREACHED } from "./chance_levels.ts";
import type { KnowingModel } from "./hop_model.ts";

/** What levels mean: chances of ways, by level of the node that they lead to from the payer. */
export class ChanceScale {
  /** One over the chance of the way, at most; Infinity where there is none. */
  readonly cost = new Float64Array(UNREACHED + 1).fill(Infinity);
  /** Chance of a hop at most, by the levels that it is worth. */
  readonly hopChance = new Float64Array(UNREACHED + 1);

  /** @param pays whether the first hop is the payer's own */
  constructor(model: KnowingModel, pays: boolean) {
    const best = model.bestChance(), first = pays ? model.bestOwnChance : 1;
    const start = pays ? PEER_LEVEL : PAYER_LEVEL;
    for (let level = PAYER_LEVEL; level < UNREACHED; level++) {
      const chance = level === PAYER_LEVEL ? 1 : first * best ** ((level - start) / LEVELS_A_HOP);
      this.cost[level] = 1 / chance;
    }
    for (let worth = 0; worth < UNREACHED; worth++) {
      this.hopChance[worth] = best ** (worth / LEVELS_A_HOP);
    }
  }
}
