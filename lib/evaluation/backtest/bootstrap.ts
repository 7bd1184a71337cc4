import { seededRng } from "../../core/mod.ts";

/** A figure with the interval in which 95 % of the resampled figures lie. */
export interface Band {
  value: number;
  low: number;
  high: number;
}

const DRAWS = 500;

/**
 * A ratio of sums, with an interval by drawing its blocks anew (Efron, 1979). The blocks are weeks:
 * windows that overlap, and channels at one time, go together.
 *
 * @param blocks numerator and denominator of each
 */
export function bootstrap(blocks: readonly (readonly [number, number])[], seed: number): Band {
  const ratio = (pick: (i: number) => number) => {
    let [above, below] = [0, 0];
    for (let i = 0; i < blocks.length; i++) {
      const [a, b] = blocks[pick(i)];
      above += a;
      below += b;
    }
    return above / below;
  };
  const rng = seededRng(seed).fork("bootstrap");
  const draws = Float64Array.from(
    { length: DRAWS },
    () => ratio(() => rng.int(blocks.length)),
  ).sort();
  return {
    value: ratio((i) => i),
    low: draws[Math.floor(0.025 * DRAWS)],
    high: draws[Math.ceil(0.975 * DRAWS) - 1],
  };
}
