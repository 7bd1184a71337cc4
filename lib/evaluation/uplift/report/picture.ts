import { type ChartSpec, upliftIntervals } from "../../../charts/mod.ts";
import type { PolicyFigures } from "./figures.ts";

/** The uplift of every policy of a scenario over doing nothing. */
export function upliftPicture(all: readonly PolicyFigures[]): ChartSpec {
  const [{ scenario }] = all;
  return upliftIntervals(
    scenario,
    all.flatMap(({ policy, over: { none } }) =>
      none === undefined
        ? []
        : [{ policy, value: 100 * none.value, low: 100 * none.low, high: 100 * none.high }]
    ),
  );
}
