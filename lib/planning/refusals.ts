/** What stands in the way, by how near to a suggestion it comes. */
export const REFUSALS = [
  "no_source",
  "no_route",
  "too_expensive",
  "low_confidence",
  "over_budget",
] as const;
export type RefusalCode = typeof REFUSALS[number];

/** By target channel, what stood in the way of the most promising rebalance into it. */
export type Blocked = Map<string, {
  code: RefusalCode;
  value: number;
  amountSat: number;
}>;
