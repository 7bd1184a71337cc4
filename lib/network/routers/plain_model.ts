import { MINUTE_MS } from "../../core/mod.ts";
import type { HopTerms } from "../search/hop_model.ts";
import type { AttemptReport } from "./router.ts";
import { SEARCH_DEFAULTS, type SearchLimits } from "../search/search_limits.ts";
import type { SenderKnowledge } from "./sender_knowledge.ts";
import type { SenderModel } from "./sender_model.ts";

/** Limits of those who add up what hops weigh and pay no heed to what an attempt costs. */
export const ADDITIVE_LIMITS: SearchLimits = {
  ...SEARCH_DEFAULTS,
  riskPerBlock: 0,
  attemptCostMsat: 0,
  attemptCostPpm: 0,
  minProbability: 0,
};

/** What failed so lately belongs to the payment at hand, which doesn't try it again. */
export const SAME_PAYMENT_MS = MINUTE_MS;

/** What models have in common that give searches no bounds: any hop may be sure and weigh nothing. */
export abstract class PlainModel implements SenderModel {
  readonly bestOwnChance = 1;

  constructor(readonly knowledge: SenderKnowledge, readonly limits: SearchLimits) {}

  abstract learn(sender: number, report: AttemptReport, nowMs: number): void;
  /** The chance of a hop of somebody else, or of an own one whose balance is not known. */
  protected abstract chanceOfOther(hop: HopTerms): number;

  begin(sender: number, nowMs: number): void {
    this.knowledge.begin(sender, nowMs);
  }

  chance(hop: HopTerms): number {
    const exactMsat = this.exactMsat(hop);
    if (exactMsat < 0) return this.chanceOfOther(hop);
    return hop.amountMsat <= exactMsat ? 1 : 0;
  }

  /** What the sender's own channel holds; -1 where it was not told, and for others' channels. */
  protected exactMsat({ direction, source }: HopTerms): number {
    return source === this.knowledge.sender ? this.knowledge.exactMsat(direction) : -1;
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
    return 1;
  }

  bestChance(): number {
    return 1;
  }

  knowsNode(): boolean {
    return true;
  }

  knowsSurer(): boolean {
    return false;
  }
}
