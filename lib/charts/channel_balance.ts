/** Below this balance ratio a channel counts as drained. */
export const DRAINED_BELOW = 0.1;
/** Above this balance ratio a channel counts as saturated. */
export const SATURATED_ABOVE = 0.9;

/** One channel as the charts of balances see it. Ratios are local balance / capacity, 0 to 1. */
export interface ChannelBalance {
  /** Name of the peer or the channel; shown as plain text, cut where it is long. */
  label: string;
  /** Today's ratio. */
  ratio: number;
  /** Ratios that serve all expected demand, low <= high; absent where the lens abstains. */
  optimal?: { low: number; high: number };
  /** Fees that all expected forwards would earn within the horizon, sat. */
  feesAtStakeSat?: number;
}

/** Which side of a channel lacks liquidity, judged by its optimal interval. */
export type ShortSide = "outbound" | "inbound" | "none" | "unknown";

/** `outbound` below the optimal interval, `inbound` above it. */
export function shortSide({ ratio, optimal }: ChannelBalance): ShortSide {
  if (optimal === undefined) return "unknown";
  return ratio < optimal.low ? "outbound" : ratio > optimal.high ? "inbound" : "none";
}

/** Distance of today's ratio from the optimal interval, 0 to 1. */
export function distanceFromOptimal({ ratio, optimal }: ChannelBalance): number {
  return optimal === undefined ? 0 : Math.max(0, optimal.low - ratio, ratio - optimal.high);
}
