import type { Rng } from "../core/mod.ts";
import { priorQuantile } from "./balance_prior.ts";
import { Balances, RESERVE_RATIO } from "./balances.ts";
import type { Network } from "./network.ts";
import { normalQuantile, normalShareBelow, uniformRanks } from "./ranks.ts";

/** How channels are filled that the input tells no balance of. */
export type BalanceRule = "fees" | "even" | "uniform";

export const BALANCE_OPTIONS = {
  /** `fees`: U-shaped and tied to fees; `even`: half and half; `uniform`: any split alike. */
  rule: "fees" as BalanceRule,
  reserveRatio: RESERVE_RATIO,
};

/**
 * Correlation of the normal scores behind fees and balances. 2 sin(pi / 6 * 0.65) gives the rank
 * correlation 0.65 that was measured on a real routing node.
 */
const FEE_CORRELATION = 2 * Math.sin(Math.PI / 6 * 0.65);

/**
 * Balances to start from. A side is full where its peer charges more than it does itself: cheap
 * directions have been drained. Balances that the network carries (`givenBalanceSat`) hold.
 */
export function initialBalances(
  network: Network,
  rng: Rng,
  options: Partial<typeof BALANCE_OPTIONS> = {},
): Balances {
  const { rule, reserveRatio } = { ...BALANCE_OPTIONS, ...options };
  const fractions = nearFractions(network, rng.fork("initial balances"), rule);
  const balance1Sat = (channel: number) => {
    const given = network.givenBalanceSat[channel];
    return Number.isNaN(given) ? fractions[channel] * network.capacitySat[channel] : given;
  };
  return Balances.of(network, balance1Sat, { reserveRatio });
}

/** Share of node1 by channel. */
function nearFractions(network: Network, rng: Rng, rule: BalanceRule): Float64Array {
  const count = network.channelCount;
  if (rule === "even") return new Float64Array(count).fill(0.5);
  if (rule === "uniform") return new Float64Array(count).map(() => rng.float());
  // Seen from both sides, so that which end is node1 makes no difference.
  const differences = new Float64Array(2 * count);
  for (let direction = 0; direction < 2 * count; direction++) {
    differences[direction] = network.feeRatePpm[direction ^ 1] - network.feeRatePpm[direction];
  }
  const ranks = uniformRanks(differences);
  const noise = Math.sqrt(1 - FEE_CORRELATION ** 2);
  return new Float64Array(count).map((_, channel) => {
    const score = FEE_CORRELATION * normalQuantile(ranks[2 * channel]) + noise * rng.normal();
    return priorQuantile(normalShareBelow(score));
  });
}
