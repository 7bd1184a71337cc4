import { priorAtLeast } from "../generated/balance_prior.ts";
import { FEE_CORRELATION } from "../generated/initial_balances.ts";
import type { Network } from "../network.ts";
import { normalQuantile, normalShareBelow, uniformRanks } from "../generated/ranks.ts";

/** Normal scores are kept within these, in steps of 1 / STEPS_PER_SCORE. */
const MOST_SCORE = 4;
const STEPS_PER_SCORE = 8;
const SCORES = 2 * MOST_SCORE * STEPS_PER_SCORE + 1;
/** Steps of a fraction's fourth root, from 0 to that of a half. */
const STEPS = 256;
const LAST_T = 0.5 ** 0.25;
const TABLE = survivalTable();

/**
 * P(X >= x) for x from 0 to a half by the mean of the normal score behind X: the prior of balances
 * seen through what is known of the direction.
 */
function survivalTable(): Float32Array {
  const table = new Float32Array(SCORES * (STEPS + 1));
  const spread = Math.sqrt(1 - FEE_CORRELATION ** 2);
  for (let step = 0; step <= STEPS; step++) {
    const below = 1 - priorAtLeast((step / STEPS * LAST_T) ** 4);
    const score = below <= 0 ? -Infinity : normalQuantile(below);
    for (let at = 0; at < SCORES; at++) {
      const mean = at / STEPS_PER_SCORE - MOST_SCORE;
      table[at * (STEPS + 1) + step] = below <= 0 ? 1 : normalShareBelow((mean - score) / spread);
    }
  }
  return table;
}

/**
 * How channels are filled that nobody knows anything of, by what their ends charge: a side is full
 * where its peer charges more than it does itself, as among the channels of a real routing node
 * (rank correlation 0.65). Scores are those of a standard normal: 0 says nothing, 2 that a side is
 * likely full, -2 that it is likely empty.
 */
export class LiquidityPrior {
  /** What fees say of a direction. */
  readonly score: Float32Array;

  constructor(network: Network) {
    const ranks = uniformRanks(
      network.feeRatePpm.map((ppm, direction) => network.feeRatePpm[direction ^ 1] - ppm),
    );
    this.score = Float32Array.from(ranks, (rank) => FEE_CORRELATION * normalQuantile(rank));
  }

  /**
   * The chance that the near side of `direction` owns at least `fraction` of the capacity; 1 for
   * fractions of 0 and less, 0 above 1.
   *
   * @param shift what is known beside the fees, as a score that is added
   */
  atLeast(direction: number, fraction: number, shift: number): number {
    if (fraction <= 0) return 1;
    if (fraction > 1) return 0;
    const score = this.score[direction] + shift;
    return fraction <= 0.5 ? lookUp(fraction, score) : 1 - lookUp(1 - fraction, -score);
  }
}

function lookUp(fraction: number, score: number): number {
  const bounded = Math.min(MOST_SCORE, Math.max(-MOST_SCORE, score));
  const row = Math.round((bounded + MOST_SCORE) * STEPS_PER_SCORE) * (STEPS + 1);
  const position = Math.sqrt(Math.sqrt(fraction)) * (STEPS / LAST_T);
  const step = Math.min(STEPS - 1, position | 0);
  const low = TABLE[row + step];
  return low + (TABLE[row + step + 1] - low) * (position - step);
}
