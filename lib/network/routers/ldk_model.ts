import { MINUTE_MS, MSAT_PER_SAT } from "../../core/mod.ts";
import type { HopTerms } from "../search/hop_model.ts";
import type { Network } from "../network.ts";
import { ADDITIVE_LIMITS, PlainModel, SAME_PAYMENT_MS } from "./plain_model.ts";
import type { AttemptReport } from "./router.ts";
import { SenderKnowledge } from "./sender_knowledge.ts";

/** Defaults of LDK's scorer, msat. */
const BASE_PENALTY = 5_120;
/** A 2^30th of the amount. */
const BASE_AMOUNT_PENALTY = 655_360;
/** For channels that let more than half their capacity pass at once. */
const ANTI_PROBING_PENALTY = 1_250;
/** For each power of ten that success is less likely, fixed and for a 2^20th of the amount. */
const LIQUIDITY_PENALTY = 50_000;
const LIQUIDITY_AMOUNT_PENALTY = 6_250;
/** Powers of ten that count at most. */
const MOST_POWERS = 2;
/** For amounts above what is thought to be there. */
const IMPOSSIBLE_PENALTY = 100_000_000_000;
/** Of a channel that nothing is known to have passed. */
const NO_SUCCESS_FACTOR = 64 / 78;
const HALF_LIFE_MS = 30 * MINUTE_MS;

/**
 * LDK's scorer (lightning/src/routing/scoring.rs): penalties in msat beside the fee, by the chance
 * that a channel holds the amount between a least and a greatest liquidity. These go back to
 * nothing with a half-life. LDK scores with the history of such bounds; here the present ones
 * stand for it.
 *
 * `heldMsat` of a record is the least liquidity in its direction, as of `heldMs`; what is not in
 * the other direction for sure is the greatest.
 */
export class LdkModel extends PlainModel {
  readonly #network: Network;

  constructor(network: Network) {
    const knowledge = new SenderKnowledge(network, {
      most: 2000,
      of: "directions",
      halfLifeMs: HALF_LIFE_MS,
    });
    super(knowledge, { ...ADDITIVE_LIMITS, cltvLimit: 1008, maxHops: 19 });
    this.#network = network;
  }

  /** The payment's amount counts for all hops, as LDK has it. */
  learn(sender: number, report: AttemptReport, nowMs: number): void {
    const { directions, amountsMsat } = report.route;
    const amountMsat = amountsMsat[amountsMsat.length - 1];
    const passed = report.settled ? directions.length : report.failedHop;
    for (const direction of directions.slice(0, passed)) {
      this.#rebound({ sender, direction, nowMs }, (least, most, capacityMsat) => {
        if (report.settled) return lowered(least, Math.max(0, most - amountMsat));
        return amountMsat <= least ? [least, most] : [
          amountMsat,
          amountMsat > most ? capacityMsat : most,
        ];
      });
    }
    if (report.settled) return;
    const direction = directions[passed], failedMsat = report.down ? 0 : amountMsat;
    this.#rebound(
      { sender, direction, nowMs },
      (least, most) => lowered(least, Math.min(most, failedMsat)),
    );
    const at = this.knowledge.write(sender, direction);
    const { failMs, failMsat } = this.knowledge.memory.of(sender)!;
    failMs[at] = nowMs;
    failMsat[at] = report.down ? 1 : amountsMsat[passed];
  }

  /** Changes the bounds of a direction, and so those of the other one of the channel. */
  #rebound(
    { sender, direction, nowMs }: { sender: number; direction: number; nowMs: number },
    change: (least: number, most: number, capacityMsat: number) => [number, number],
  ): void {
    const { knowledge } = this;
    const capacityMsat = this.#network.capacitySat[direction >> 1] * MSAT_PER_SAT;
    const [near, far] = [direction, direction ^ 1].map((side) => {
      const at = knowledge.write(sender, side);
      const { heldMsat, heldMs } = knowledge.memory.of(sender)!;
      return decayed(heldMsat[at], nowMs - heldMs[at]);
    });
    const [least, most] = change(near, capacityMsat - far, capacityMsat);
    for (const [side, msat] of [[direction, least], [direction ^ 1, capacityMsat - most]]) {
      const at = knowledge.write(sender, side);
      const { heldMsat, heldMs } = knowledge.memory.of(sender)!;
      heldMsat[at] = msat;
      heldMs[at] = nowMs;
    }
  }

  /** The least liquidity of a direction by now. */
  #leastMsat(direction: number): number {
    const { knowledge } = this;
    const at = knowledge.placeOf(direction);
    if (at === -1) return 0;
    const { heldMsat, heldMs } = knowledge.columns!;
    return decayed(heldMsat[at], knowledge.nowMs - heldMs[at]);
  }

  override weigh(hop: HopTerms): number {
    const { direction, amountMsat, capacityMsat, feeMsat } = hop;
    const base = feeMsat + BASE_PENALTY + Math.floor(BASE_AMOUNT_PENALTY * amountMsat / 2 ** 30);
    if (this.exactMsat(hop) >= 0) return base;
    const probing = this.#network.maxHtlcMsat[direction] >= capacityMsat / 2;
    const mostMsat = capacityMsat - this.#leastMsat(direction ^ 1);
    const powers = -Math.log10(this.#success(hop));
    return base + (probing ? ANTI_PROBING_PENALTY : 0) +
      (amountMsat > mostMsat ? IMPOSSIBLE_PENALTY : 0) +
      Math.min(MOST_POWERS, powers) *
        (LIQUIDITY_PENALTY + LIQUIDITY_AMOUNT_PENALTY * amountMsat / 2 ** 20);
  }

  protected chanceOfOther(hop: HopTerms): number {
    const { knowledge } = this;
    const at = knowledge.placeOf(hop.direction);
    if (at !== -1) {
      const { failMsat, failMs } = knowledge.columns!;
      const same = knowledge.nowMs - failMs[at] < SAME_PAYMENT_MS;
      if (same && hop.amountMsat >= failMsat[at]) return 0;
    }
    return Math.max(10 ** -MOST_POWERS, this.#success(hop));
  }

  #success({ direction, amountMsat, capacityMsat }: HopTerms): number {
    const leastMsat = this.#leastMsat(direction);
    const mostMsat = capacityMsat - this.#leastMsat(direction ^ 1);
    return ldkSuccess(amountMsat, { capacityMsat, leastMsat, mostMsat });
  }
}

/** Bounds whose greatest comes down: a least one that contradicts it is dropped. */
function lowered(leastMsat: number, mostMsat: number): [number, number] {
  return [mostMsat < leastMsat ? 0 : leastMsat, mostMsat];
}

function decayed(msat: number, ageMs: number): number {
  return msat === 0 ? 0 : Math.floor(msat * 0.5 ** (ageMs / HALF_LIFE_MS));
}

/**
 * The chance that a channel holds an amount: liquidity has the density 1/256 + 9 (x - 1/2)^8 over
 * the shares x of the capacity between the least and the greatest.
 */
export function ldkSuccess(
  amountMsat: number,
  { capacityMsat, leastMsat, mostMsat }: {
    capacityMsat: number;
    leastMsat: number;
    mostMsat: number;
  },
): number {
  if (amountMsat <= leastMsat && amountMsat <= mostMsat) return 1;
  if (amountMsat >= mostMsat) return 0;
  const below = (msat: number) => {
    const x = msat / capacityMsat - 0.5;
    return x / 256 + x ** 9;
  };
  const chance = (below(mostMsat) - below(amountMsat)) / (below(mostMsat) - below(leastMsat));
  return leastMsat === 0 ? chance * NO_SUCCESS_FACTOR : chance;
}
