import type { HopModel } from "../search/hop_model.ts";
import type { AttemptReport } from "./router.ts";
import type { SearchLimits } from "../search/search_limits.ts";
import type { SenderKnowledge } from "./sender_knowledge.ts";

/** A {@linkcode HopModel} that learns by sender: what makes one kind of router differ from another. */
export interface SenderModel extends HopModel {
  readonly knowledge: SenderKnowledge;
  /** What its searches weigh and may not exceed when not told. */
  readonly limits: SearchLimits;
  /** A sender is about to search. */
  begin(sender: number, nowMs: number): void;
  learn(sender: number, report: AttemptReport, nowMs: number): void;
}
