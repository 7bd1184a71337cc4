/**
 * Demand on a channel within a horizon, as distributions. `U` is the deepest net outflow, `D` the
 * deepest net inflow; a local balance b with U <= b <= capacity - D serves everything.
 */

/** Levels of the quantiles that are forecast, ascending, in (0, 1). */
export const QUANTILE_LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** A distribution of an amount (sat, 0 or more) by its quantiles at {@linkcode QUANTILE_LEVELS}. */
export interface AmountQuantiles {
  /** Satoshis at each level, ascending. */
  sat: readonly number[];
  /** Chance of no amount to speak of, 0 to 1; where left out it follows from the quantiles. */
  none?: number;
}

/** What a channel will need. */
export interface DemandForecast {
  /** Length of the horizon. */
  horizonMs: number;
  /** U: local balance needed at the start to serve all outflow. */
  outboundNeed: AmountQuantiles;
  /** D: remote balance needed at the start to serve all inflow. */
  inboundNeed: AmountQuantiles;
  /** Fees that all attempted forwards through the channel would earn, expected, msat. */
  feesAtStakeMsat: number;
}

/** A channel by its owner and its name; both ends of one channel have different keys. */
export function channelKey(node: string, channelId: string): string {
  return `${node}/${channelId}`;
}

/**
 * The chance of no amount: as forecast, or where it is not, what the levels that are 0 say: between
 * the last of them and the first that is not, their middle.
 */
export function chanceOfNone({ sat, none }: AmountQuantiles): number {
  if (none !== undefined) return none;
  const first = sat.findIndex((value) => value > 0);
  if (first === 0) return 0;
  const below = QUANTILE_LEVELS[(first < 0 ? sat.length : first) - 1];
  return (below + (first < 0 ? 1 : QUANTILE_LEVELS[first])) / 2;
}

/**
 * P(amount > x) from quantiles: linear between them; below the lowest level linear to 1 at 0;
 * above the highest an exponential tail with the scale of the last two quantiles.
 *
 * @param x satoshis, 0 or more
 * @returns 0 to 1, never increasing in x
 */
export function probabilityAbove(quantiles: AmountQuantiles, x: number): number {
  if (x < 0) return 1;
  return Math.min(1 - (quantiles.none ?? 0), interpolatedAbove(quantiles, x));
}

function interpolatedAbove({ sat }: AmountQuantiles, x: number): number {
  const last = sat.length - 1;
  if (x >= sat[last]) {
    const tail = 1 - QUANTILE_LEVELS[last];
    const scale = sat[last] - sat[last - 1];
    if (scale <= 0) return 0;
    // The exponential through the last two levels.
    const rate = Math.log((1 - QUANTILE_LEVELS[last - 1]) / tail) / scale;
    return tail * Math.exp(-rate * (x - sat[last]));
  }
  let low = 0;
  let lowLevel = 0;
  for (let i = 0; i <= last; i++) {
    if (x < sat[i]) {
      return 1 - (lowLevel + (QUANTILE_LEVELS[i] - lowLevel) * (x - low) / (sat[i] - low));
    }
    low = sat[i];
    lowLevel = QUANTILE_LEVELS[i];
  }
  return 1 - lowLevel;
}

/**
 * Expected amount in (from, to] of a need that exceeds it: the integral of
 * {@linkcode probabilityAbove}, by the trapezoid rule on `steps` equal pieces.
 *
 * @returns satoshis
 */
export function expectedBetween(
  quantiles: AmountQuantiles,
  from: number,
  to: number,
  steps = 16,
): number {
  if (to <= from) return 0;
  const width = (to - from) / steps;
  let sum = (probabilityAbove(quantiles, from) + probabilityAbove(quantiles, to)) / 2;
  for (let i = 1; i < steps; i++) sum += probabilityAbove(quantiles, from + i * width);
  return sum * width;
}

/** The balances that serve all demand, and the one to aim for. */
export interface OptimalBalance {
  /** Interval of local balance as a ratio of the capacity, 0 to 1, low <= high. */
  lowRatio: number;
  highRatio: number;
  /** The point of the interval nearest to today's balance. */
  nearestRatio: number;
  /** Centre of the interval: the robust target, called the optimal ratio. */
  optimalRatio: number;
  /** Chance that today's balance falls short of outflow, and of inflow, within the horizon. */
  shortOutbound: number;
  shortInbound: number;
}

/**
 * From a forecast to the optimal interval at `level` (a need is covered with that probability).
 * Where both needs together exceed the capacity, the interval shrinks to the point that splits the
 * capacity in proportion to the needs.
 */
export function optimalBalance(
  forecast: DemandForecast,
  channel: { capacitySat: number; localBalanceSat: number; remoteBalanceSat: number },
  level: (typeof QUANTILE_LEVELS)[number] = 0.75,
): OptimalBalance {
  const index = QUANTILE_LEVELS.indexOf(level);
  const { capacitySat } = channel;
  const out = Math.min(capacitySat, forecast.outboundNeed.sat[index]);
  const into = Math.min(capacitySat, forecast.inboundNeed.sat[index]);
  let low = out / capacitySat;
  let high = 1 - into / capacitySat;
  if (low > high) low = high = out / (out + into);
  const now = channel.localBalanceSat / capacitySat;
  return {
    lowRatio: low,
    highRatio: high,
    nearestRatio: Math.min(high, Math.max(low, now)),
    optimalRatio: (low + high) / 2,
    shortOutbound: probabilityAbove(forecast.outboundNeed, channel.localBalanceSat),
    shortInbound: probabilityAbove(forecast.inboundNeed, channel.remoteBalanceSat),
  };
}
