import type { Network } from "../../network/mod.ts";
import type { LensEvent, Suggestion } from "../../protocol/mod.ts";
import type { ForecastAt } from "./forecast_judge.ts";
import type { NodeView } from "./node_view.ts";
import type { Moments } from "./setup.ts";

/** Decides what the operators of a run do. */
export interface Policy {
  /** Told of every event that the operators see, in order, from the start of the warm-up. */
  observe?(event: LensEvent): void;
  /** Told when the warm-up is over, before the first plan. */
  ready?(): void;
  /** What all operators are to do now. */
  plan(timeMs: number): Suggestion[];
  /** What it expects of the channels of all operators now; asked just before each plan. */
  forecasts?(timeMs: number): ForecastAt[];
  /** Within which a rebalance is said to pay for itself; a day when left out. */
  readonly horizonMs?: number;
}

/** What a policy is given to decide from. */
export interface PolicyContext {
  /** One view a node that acts, in the order in which they act. */
  views: readonly NodeView[];
  /** The public graph: channels and announced terms as they are now, never balances. */
  network: Network;
  moments: Moments;
  seed: number;
  /** What nobody can know: only for policies that are named after it. */
  oracle: Oracle;
}

/** Hindsight, for policies that measure what knowing it would be worth. */
export interface Oracle {
  /** The demand of the same run where nobody acts, over all of its time, by node. */
  demand(node: string): NodeView;
  /** What a direction of the network can carry now, msat. */
  availableMsat(direction: number): number;
}

/** Makes a policy for one run. */
export type PolicyMaker = (context: PolicyContext) => Policy;

/** A policy that decides for each node apart, from its view alone. */
export function perNode(
  decide: (view: NodeView, timeMs: number) => Suggestion[],
): (views: readonly NodeView[]) => Policy {
  return (views) => ({ plan: (timeMs) => views.flatMap((view) => decide(view, timeMs)) });
}
