import { HOUR_MS, MINUTE_MS } from "../../core/mod.ts";
import type { HopTerms, KnowingModel } from "../search/hop_model.ts";
import { MOST_RESULTS, reportToMissionControl } from "./mission_control.ts";
import type { Network } from "../network.ts";
import type { AttemptReport } from "./router.ts";
import { SEARCH_DEFAULTS, type SearchLimits } from "../search/search_limits.ts";
import { SenderKnowledge } from "./sender_knowledge.ts";
import type { SenderModel } from "./sender_model.ts";

/** LND's limits: ways of less than 1 % are not tried. */
export const LND_LIMITS: SearchLimits = { ...SEARCH_DEFAULTS, minProbability: 0.01 };

/** How {@linkcode AprioriModel} judges; the defaults are LND's. */
export interface AprioriOptions {
  /** Chance of a hop of which nothing is known. */
  aprioriChance: number;
  /** Chance of a pair that has passed as much, and of own channels. */
  passedChance: number;
  /** Weight of `aprioriChance` beside what the node's pairs did, 0 to 1. */
  aprioriWeight: number;
  halfLifeMs: number;
  /** Share of the capacity near which the chance falls to its half; 1 for nowhere. */
  capacityFraction: number;
  /** The pair's own result counts for all amounts, and its successes don't count. */
  anyAmount: boolean;
  /**
   * Searches find the cheapest way by this rule; else LND's way, which costs as much or more, as its
   * search keeps one label a node.
   */
  findsCheapest: boolean;
}

export const APRIORI_DEFAULTS = {
  aprioriChance: 0.6,
  passedChance: 0.95,
  aprioriWeight: 0.5,
  halfLifeMs: HOUR_MS,
  capacityFraction: 0.9999,
  anyAmount: false,
  findsCheapest: false,
} as const satisfies AprioriOptions;

/**
 * CLoTH's rule: that of an early LND, without regard to capacities. It asks for the chance of a
 * pair with an amount above all others, so that a failure counts for every amount and a success
 * for the node alone; and its hour has 24 minutes.
 */
export const CLOTH_OPTIONS = {
  ...APRIORI_DEFAULTS,
  halfLifeMs: 24 * MINUTE_MS,
  capacityFraction: 1,
  anyAmount: true,
  findsCheapest: true,
} as const satisfies AprioriOptions;

export const CLOTH_LIMITS: SearchLimits = {
  ...LND_LIMITS,
  attemptCostPpm: 0,
  maxHops: 27,
  cltvLimit: 2016 + 40,
};

/** Width, in shares of the capacity, of the range in which the chance falls. */
const SMEARING = 0.025;
const LEAST_CAPACITY_FACTOR = 0.5;

/**
 * LND's a priori estimator (routing/probability_apriori.go): a pair that passed as much is almost
 * sure; any other is as good as its node's pairs were on average, an a priori chance among them;
 * and a pair that failed comes back to that with a half-life.
 */
export class AprioriModel implements SenderModel, KnowingModel {
  readonly knowledge: SenderKnowledge;
  readonly limits: SearchLimits;
  readonly options: AprioriOptions;
  readonly bestOwnChance: number;
  readonly knowing?: KnowingModel;

  constructor(readonly network: Network, options: AprioriOptions, limits: SearchLimits) {
    this.options = options;
    this.limits = limits;
    this.bestOwnChance = options.passedChance;
    if (options.findsCheapest) this.knowing = this;
    this.knowledge = new SenderKnowledge(network, {
      most: MOST_RESULTS,
      of: "pairs",
      halfLifeMs: options.halfLifeMs,
    });
  }

  begin(sender: number, nowMs: number): void {
    this.knowledge.begin(sender, nowMs);
  }

  learn(sender: number, report: AttemptReport, nowMs: number): void {
    reportToMissionControl(this.knowledge, sender, report, nowMs);
  }

  chance({ direction, source, amountMsat, capacityMsat }: HopTerms): number {
    const { knowledge, options } = this;
    const own = source === knowledge.sender;
    if (own) {
      const exactMsat = knowledge.exactMsat(direction);
      if (exactMsat >= 0) return amountMsat <= exactMsat ? options.passedChance : 0;
    }
    const usual = own ? options.passedChance : this.#nodeChance(source, amountMsat, capacityMsat);
    const at = knowledge.lastOfNode(source) === -1 ? -1 : knowledge.placeOf(direction);
    if (at === -1) return usual;
    const { failMsat, failMs, heldMsat } = knowledge.columns!;
    if (!options.anyAmount && amountMsat <= heldMsat[at]) return options.passedChance;
    if (failMs[at] === -Infinity) return usual;
    if (!options.anyAmount && amountMsat < failMsat[at]) return usual;
    return usual * (1 - knowledge.failWeight[at]);
  }

  /** The chance of a pair of this node of which nothing is known. */
  #nodeChance(node: number, amountMsat: number, capacityMsat: number): number {
    const { knowledge, options } = this;
    const { aprioriChance, aprioriWeight, capacityFraction } = options;
    const apriori = aprioriChance * capacityFactor(amountMsat / capacityMsat, capacityFraction);
    let at = knowledge.lastOfNode(node);
    if (at === -1 || aprioriWeight === 1) return apriori;
    const { failMsat, failMs, heldMsat } = knowledge.columns!;
    let weights = 1 / (1 - aprioriWeight) - 1;
    let chances = apriori * weights;
    for (; at !== -1; at = knowledge.beforeOfNode(at)) {
      if (amountMsat <= heldMsat[at]) {
        weights++;
        chances += options.passedChance;
      } else if (failMs[at] !== -Infinity && amountMsat >= failMsat[at]) {
        weights += knowledge.failWeight[at];
      }
    }
    return chances / weights;
  }

  weigh({ feeMsat, riskMsat }: HopTerms): number {
    return feeMsat + riskMsat;
  }

  rulesOut(direction: number, amountMsat: number): boolean {
    const exactMsat = this.knowledge.exactMsat(direction);
    return exactMsat >= 0 && amountMsat > exactMsat;
  }

  chanceAtMost(): number {
    return this.bestOwnChance;
  }

  bestChanceInto(): number {
    return this.options.passedChance;
  }

  bestChance(): number {
    return this.options.aprioriChance;
  }

  knowsNode(node: number): boolean {
    const { knowledge } = this;
    return knowledge.lastOfNode(node) !== -1 || node === knowledge.sender;
  }

  knownNodes(): number[] {
    const { knowledge, network } = this;
    const nodes: number[] = [];
    for (let at = 0; at < (knowledge.columns?.size ?? 0); at++) {
      const node = network.source[knowledge.columns!.keys[at]];
      if (knowledge.lastOfNode(node) === at) nodes.push(node);
    }
    return nodes;
  }

  bestChanceFrom(node: number, amountMsat: number): number {
    const { knowledge, options } = this;
    for (let at = knowledge.lastOfNode(node); at !== -1; at = knowledge.beforeOfNode(at)) {
      const held = amountMsat <= knowledge.columns!.heldMsat[at];
      if (held && !options.anyAmount) return options.passedChance;
    }
    return this.#nodeChance(node, amountMsat, Infinity);
  }

  changesAbove(node: number, amountMsat: number): number[] {
    const { knowledge } = this;
    const changes: number[] = [];
    for (let at = knowledge.lastOfNode(node); at !== -1; at = knowledge.beforeOfNode(at)) {
      const { failMsat, failMs, heldMsat } = knowledge.columns!;
      if (heldMsat[at] >= amountMsat) changes.push(heldMsat[at] + 1);
      if (failMs[at] !== -Infinity && failMsat[at] > amountMsat) changes.push(failMsat[at]);
    }
    return changes;
  }

  /** Whether a pair has passed as much. */
  knowsSurer(amountMsat: number): boolean {
    const { columns } = this.knowledge;
    for (let at = 0; at < (columns?.size ?? 0); at++) {
      if (columns!.heldMsat[at] >= amountMsat) return true;
    }
    return false;
  }
}

/**
 * How much an amount near the capacity lowers the chance: a logistic curve from 1 to 1/2.
 *
 * @param share of the capacity
 */
export function capacityFactor(share: number, fraction: number): number {
  if (fraction === 1) return 1;
  if (share > 1) return 0;
  return 1 - (1 - LEAST_CAPACITY_FACTOR) / (1 + Math.exp((fraction - share) / SMEARING));
}
