import { DAY_MS } from "../../core/mod.ts";
import type { HopTerms } from "../search/hop_model.ts";
import { LND_LIMITS } from "./lnd_apriori.ts";
import { MOST_RESULTS, reportToMissionControl } from "./mission_control.ts";
import type { Network } from "../network.ts";
import { PlainModel } from "./plain_model.ts";
import type { AttemptReport } from "./router.ts";
import { SenderKnowledge } from "./sender_knowledge.ts";

/** LND's defaults. */
const SCALE_MSAT = 300_000_000;
const NODE_WEIGHT = 0.2;
/** In this time what is known falls to 1 / e. */
const DECAY_MS = 7 * DAY_MS;

/**
 * LND's bimodal estimator (routing/probability_bimodal.go): liquidity lies at either end of a
 * channel, falling off over a scale, and between the amounts that passed and failed lately.
 */
export class BimodalModel extends PlainModel {
  constructor(network: Network) {
    const knowledge = new SenderKnowledge(network, {
      most: MOST_RESULTS,
      of: "pairs",
      halfLifeMs: DECAY_MS * Math.LN2,
    });
    super(knowledge, LND_LIMITS);
  }

  learn(sender: number, report: AttemptReport, nowMs: number): void {
    reportToMissionControl(this.knowledge, sender, report, nowMs);
  }

  protected chanceOfOther({ direction, source, amountMsat, capacityMsat }: HopTerms): number {
    const { knowledge } = this;
    if (source === knowledge.sender) return 1;
    const first = knowledge.lastOfNode(source);
    if (first === -1) return bimodalChance(amountMsat, { capacityMsat });
    const at = knowledge.placeOf(direction);
    const direct = bimodalChance(amountMsat, { capacityMsat, ...this.#bounds(at, capacityMsat) });
    return at !== -1 && this.#isFresh(at) ? direct : this.#mixed(direct, first, at);
  }

  /** What is left of the amounts that passed and failed. */
  #bounds(at: number, capacityMsat: number): { heldMsat?: number; failMsat?: number } {
    if (at === -1) return {};
    const { knowledge } = this;
    const { heldMsat, heldMs, failMsat, failMs } = knowledge.columns!;
    const most = Math.min(failMsat[at], capacityMsat);
    return {
      heldMsat: heldMs[at] === -Infinity ? 0 : Math.floor(heldMsat[at] * this.#left(heldMs[at])),
      // Where anything failed, 1 msat would: 0 would contradict that nothing passed.
      failMsat: failMs[at] === -Infinity
        ? capacityMsat
        : Math.max(1, capacityMsat - Math.floor((capacityMsat - most) * knowledge.failWeight[at])),
    };
  }

  #left(timeMs: number): number {
    return Math.exp((timeMs - this.knowledge.nowMs) / DECAY_MS);
  }

  #isFresh(at: number): boolean {
    const { heldMs, failMs } = this.knowledge.columns!;
    return this.knowledge.nowMs - Math.max(heldMs[at], failMs[at]) < DECAY_MS;
  }

  /** What the node's other pairs did counts a little. */
  #mixed(direct: number, first: number, own: number): number {
    const { knowledge } = this;
    const { heldMsat, heldMs, failMsat } = knowledge.columns!;
    let chances = direct, weights = 1;
    for (let at = first; at !== -1; at = knowledge.beforeOfNode(at)) {
      if (at === own) continue;
      if (heldMsat[at] > 0) {
        const weight = NODE_WEIGHT * this.#left(heldMs[at]);
        chances += weight;
        weights += weight;
      }
      if (failMsat[at] > 0) weights += NODE_WEIGHT * knowledge.failWeight[at];
    }
    return chances / weights;
  }
}

/**
 * The chance that a channel holds an amount when its liquidity is as likely as
 * exp(-x / scale) + exp((x - capacity) / scale) between what passed and what failed.
 */
export function bimodalChance(
  amountMsat: number,
  { capacityMsat, heldMsat = 0, failMsat = capacityMsat }: {
    capacityMsat: number;
    heldMsat?: number;
    failMsat?: number;
  },
): number {
  if (amountMsat > capacityMsat) return 0;
  let low = heldMsat, high = Math.min(failMsat, capacityMsat);
  // Bounds that contradict each other say nothing.
  if (high <= low) [low, high] = [0, capacityMsat];
  if (low >= capacityMsat) low = capacityMsat - 1;
  if (amountMsat >= high) return 0;
  if (amountMsat <= low) return 1;
  const below = (x: number) =>
    Math.exp((x - capacityMsat) / SCALE_MSAT) - Math.exp(-x / SCALE_MSAT) +
    x / (capacityMsat * SCALE_MSAT);
  return (below(high) - below(amountMsat)) / (below(high) - below(low));
}
