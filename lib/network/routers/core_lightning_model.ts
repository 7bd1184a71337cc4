import { HOUR_MS, MSAT_PER_SAT } from "../../core/mod.ts";
import type { HopTerms } from "../search/hop_model.ts";
import type { Network } from "../network.ts";
import { ADDITIVE_LIMITS, PlainModel, SAME_PAYMENT_MS } from "./plain_model.ts";
import type { AttemptReport } from "./router.ts";
import { SenderKnowledge } from "./sender_knowledge.ts";

/** A risk factor of 10: per cent a year, in blocks of ten minutes. */
const RISK_PER_BLOCK = 10 / 100 / 52_596;
/** In this time a channel that held too little is thought to be full again. */
const REFILL_MS = 2 * HOUR_MS;

/**
 * Core Lightning's `pay` (plugins/libplugin-pay.c, common/dijkstra.c): fee and risk of the time
 * lock, times a bias against amounts near the capacity. What failed bounds a channel, and the
 * bound rises to the capacity within two hours, but not while a payment lasts.
 */
export class CoreLightningModel extends PlainModel {
  readonly #network: Network;

  constructor(network: Network) {
    const knowledge = new SenderKnowledge(network, {
      most: 1000,
      of: "directions",
      halfLifeMs: REFILL_MS,
    });
    super(knowledge, { ...ADDITIVE_LIMITS, riskPerBlock: RISK_PER_BLOCK });
    this.#network = network;
  }

  override begin(sender: number, nowMs: number): void {
    this.knowledge.begin(sender, nowMs, REFILL_MS);
  }

  learn(sender: number, report: AttemptReport, nowMs: number): void {
    if (report.settled) return;
    const { route: { directions, amountsMsat }, failedHop, down } = report;
    const at = this.knowledge.write(sender, directions[failedHop]);
    const { failMsat, failMs } = this.knowledge.memory.of(sender)!;
    failMsat[at] = down ? 1 : amountsMsat[failedHop];
    failMs[at] = nowMs;
  }

  override weigh({ amountMsat, capacityMsat, feeMsat, riskMsat }: HopTerms): number {
    // One msat a hop prefers the shorter of ways that cost the same.
    return (1 + capacityBias(amountMsat, capacityMsat)) * (feeMsat + riskMsat + 1);
  }

  protected chanceOfOther({ direction, amountMsat, capacityMsat }: HopTerms): number {
    return this.#fails(direction, amountMsat, capacityMsat) ? 0 : 1;
  }

  override rulesOut(direction: number, amountMsat: number): boolean {
    const capacityMsat = this.#network.capacitySat[direction >> 1] * MSAT_PER_SAT;
    return super.rulesOut(direction, amountMsat) ||
      this.#fails(direction, amountMsat, capacityMsat);
  }

  #fails(direction: number, amountMsat: number, capacityMsat: number): boolean {
    const { knowledge } = this;
    const at = knowledge.placeOf(direction);
    if (at === -1) return false;
    const { failMsat, failMs } = knowledge.columns!;
    const ageMs = Math.max(0, knowledge.nowMs - failMs[at] - SAME_PAYMENT_MS);
    const refilledMsat = capacityMsat * ageMs / REFILL_MS;
    return amountMsat >= failMsat[at] + refilledMsat;
  }
}

/** 0 for nothing, 0.69 for half the capacity, 4.6 for 99 % of it. */
export function capacityBias(amountMsat: number, capacityMsat: number): number {
  return -Math.log((capacityMsat + 1 - amountMsat) / (capacityMsat + 1));
}
