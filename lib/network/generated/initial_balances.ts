import type { Rng } from "../../core/mod.ts";
import { priorQuantile } from "./balance_prior.ts";
import { Balances, RESERVE_RATIO } from "../balances.ts";
import type { Network } from "../network.ts";
import { normalQuantile, normalShareBelow, uniformRanks } from "./ranks.ts";

/** How channels are filled that the input tells no balance of. */
export const BALANCE_RULES = ["fees", "even", "uniform"] as const;
export type BalanceRule = typeof BALANCE_RULES[number];

export const BALANCE_OPTIONS = {
  /** `fees`: U-shaped and tied to fees; `even`: half and half; `uniform`: any split alike. */
  rule: "fees" as BalanceRule,
  reserveRatio: RESERVE_RATIO,
};

/**
 * Correlation of the normal scores behind fees and balances. 2 sin(pi / 6 * 0.65) gives the rank
 * correlation 0.65 that was measured on a real routing node.
 */
export const FEE_CORRELATION = 2 * Math.sin(Math.PI / 6 * 0.65);

/** Draws how a channel is filled, by a rule that holds for the whole network. */
export class BalancePrior {
  /** Ranks of (remote - local) ppm by direction, seen from both sides so that which end is node1 makes no difference. */
  readonly #ranks: Float64Array;

  constructor(network: Network, readonly rule: BalanceRule = "fees") {
    const differences = network.feeRatePpm.map((ppm, d) => network.feeRatePpm[d ^ 1] - ppm);
    this.#ranks = rule === "fees" ? uniformRanks(differences) : new Float64Array(0);
  }

  /** The share, 0 to 1, of the capacity that the source of `direction` owns. */
  draw(direction: number, rng: Rng): number {
    if (this.rule === "even") return 0.5;
    if (this.rule === "uniform") return rng.float();
    const score = FEE_CORRELATION * normalQuantile(this.#ranks[direction]) +
      Math.sqrt(1 - FEE_CORRELATION ** 2) * rng.normal();
    return priorQuantile(normalShareBelow(score));
  }
}

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
  const prior = new BalancePrior(network, rule);
  const draws = rng.fork("initial balances");
  const fractions = network.capacitySat.map((_, channel) => prior.draw(2 * channel, draws));
  const balance1Sat = (channel: number) => {
    const given = network.givenBalanceSat[channel];
    return Number.isNaN(given) ? fractions[channel] * network.capacitySat[channel] : given;
  };
  return Balances.of(network, balance1Sat, { reserveRatio });
}
