import { HOUR_MS } from "../../core/mod.ts";
import type { HopTerms } from "../search/hop_model.ts";
import type { Network } from "../network.ts";
import { ADDITIVE_LIMITS, PlainModel } from "./plain_model.ts";
import type { AttemptReport } from "./router.ts";
import { SenderKnowledge } from "./sender_knowledge.ts";

/** How long a failure counts. */
const KEEP_MS = 6 * HOUR_MS;

/** The least fee, whatever the chance; what failed lately is not asked for as much again. */
export class CheapestModel extends PlainModel {
  constructor(network: Network) {
    const knowledge = new SenderKnowledge(network, {
      most: 200,
      of: "directions",
      halfLifeMs: KEEP_MS,
    });
    super(knowledge, ADDITIVE_LIMITS);
  }

  override begin(sender: number, nowMs: number): void {
    this.knowledge.begin(sender, nowMs, KEEP_MS);
  }

  learn(sender: number, report: AttemptReport, nowMs: number): void {
    if (report.settled) return;
    const { route: { directions, amountsMsat }, failedHop, down } = report;
    const at = this.knowledge.write(sender, directions[failedHop]);
    const { failMsat, failMs } = this.knowledge.memory.of(sender)!;
    const amountMsat = down ? 1 : amountsMsat[failedHop];
    failMsat[at] = failMs[at] === -Infinity ? amountMsat : Math.min(failMsat[at], amountMsat);
    failMs[at] = nowMs;
  }

  protected chanceOfOther({ direction, amountMsat }: HopTerms): number {
    return this.#fails(direction, amountMsat) ? 0 : 1;
  }

  override rulesOut(direction: number, amountMsat: number): boolean {
    return super.rulesOut(direction, amountMsat) || this.#fails(direction, amountMsat);
  }

  #fails(direction: number, amountMsat: number): boolean {
    const at = this.knowledge.placeOf(direction);
    return at !== -1 && amountMsat >= this.knowledge.columns!.failMsat[at];
  }
}
