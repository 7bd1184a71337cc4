import { DAY_MS } from "../../core/mod.ts";
import type { LensEvent, Suggestion, SuggestionResult } from "../../protocol/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";
import { type ForecastAt, judgeForecasts } from "./forecast_judge.ts";
import { NodeView } from "./node_view.ts";
import { paybackOf } from "./payback.ts";
import type { Policy } from "./policy.ts";
import type { NodeRecord, Payback, RunRecord } from "./record.ts";
import { type Moments, PLAN_EVERY_MS } from "./setup.ts";
import type { TrueExecutor } from "./true_executor.ts";

/** What a {@linkcode Run} is made of. */
export interface RunParts {
  simulation: Simulation;
  moments: Moments;
  /** Ids of those that are measured; the policy hears their events. */
  operators: readonly string[];
  /** Ids of those that rebalance as part of the scenario, from the start to the end. */
  others: readonly string[];
  /** Carries out what the operators do, in the place of the simulation. */
  knowing?: TrueExecutor;
}

/** Plans for nodes that are part of the scenario. */
export type OthersPlan = (views: readonly NodeView[]) => Policy;

/** One simulation from the first payment to the last, with a policy acting in it. */
export class Run {
  readonly #simulation: Simulation;
  readonly #moments: Moments;
  readonly #views = new Map<string, NodeView>();
  readonly #otherViews = new Map<string, NodeView>();
  readonly #suggested = new Map<string, Suggestion>();
  readonly #forecasts: ForecastAt[] = [];
  readonly #knowing: TrueExecutor | undefined;
  /** What was spent by the one that knows: the simulation keeps no account of it. */
  readonly #spent = new Map<string, Spent>();
  #policy: Policy | undefined;

  constructor({ simulation, moments, operators, others, knowing }: RunParts) {
    this.#knowing = knowing;
    this.#simulation = simulation;
    this.#moments = moments;
    for (const node of operators) this.#views.set(node, new NodeView(node));
    for (const node of others) this.#otherViews.set(node, new NodeView(node));
    simulation.onEvent = (event) => this.#hear(event);
  }

  /** Views of the operators, in their order. */
  get views(): NodeView[] {
    return [...this.#views.values()];
  }

  /** Runs to the end; without a policy nobody acts but those of the scenario. */
  toEnd(policy: Policy | undefined, othersPlan: OthersPlan): Omit<RunRecord, RunKey> {
    const simulation = this.#simulation, { actMs, tailMs, endMs } = this.#moments;
    this.#policy = policy;
    const others = othersPlan([...this.#otherViews.values()]);
    simulation.tellStates();
    let before: Counts | undefined;
    for (let timeMs = simulation.nowMs; timeMs < endMs; timeMs += PLAN_EVERY_MS) {
      simulation.runUntil(timeMs);
      if (timeMs === actMs) {
        before = this.#counts();
        policy?.ready?.();
      }
      for (const suggestion of others.plan(timeMs)) simulation.applySuggestion(suggestion);
      if (policy !== undefined && timeMs >= actMs && timeMs < tailMs) this.#act(policy, timeMs);
    }
    simulation.runUntil(endMs);
    return this.#record(before!);
  }

  #act(policy: Policy, timeMs: number): void {
    if (policy.forecasts !== undefined) this.#forecasts.push(...policy.forecasts(timeMs));
    for (const suggestion of policy.plan(timeMs)) {
      this.#suggested.set(suggestion.id, suggestion);
      if (this.#knowing === undefined) this.#simulation.applySuggestion(suggestion);
      else this.#knowing.apply(suggestion, (result) => this.#tellKnown(result));
    }
  }

  /** What the simulation tells of rebalances that it carries out itself. */
  #tellKnown(rebalance: SuggestionResult): void {
    const { node, amountMsat, feeMsat } = rebalance;
    const spent = this.#spent.get(node) ?? { rebalances: 0, rebalancedMsat: 0, costMsat: 0 };
    this.#spent.set(node, {
      rebalances: spent.rebalances + (amountMsat > 0 ? 1 : 0),
      rebalancedMsat: spent.rebalancedMsat + amountMsat,
      costMsat: spent.costMsat + feeMsat,
    });
    this.#hear({ kind: "rebalance", timeMs: this.#simulation.nowMs, rebalance });
  }

  #hear(event: LensEvent): void {
    if (event.kind === "transaction") {
      // Who only forwards learns nothing of the ends of a payment.
      const { sender, receiver } = event.transaction;
      if (this.#views.has(sender) || this.#views.has(receiver)) this.#policy?.observe?.(event);
      return;
    }
    const node = nodeOf(event);
    this.#otherViews.get(node)?.observe(event);
    const view = this.#views.get(node);
    if (view === undefined) return;
    view.observe(event);
    this.#policy?.observe?.(event);
  }

  #counts(): Counts {
    const { payments, settled } = this.#simulation.statistics();
    const nodes = [...this.#views.keys()].map((node): NodeRecord => {
      const account = this.#simulation.account(node);
      const spent = this.#spent.get(node);
      return {
        node,
        forwards: account.forwards,
        failedHere: account.failedHere,
        forwardedMsat: account.forwardedMsat,
        forwardIncomeMsat: account.forwardIncomeMsat,
        rebalances: account.rebalances + (spent?.rebalances ?? 0),
        rebalancedMsat: account.rebalancedMsat + (spent?.rebalancedMsat ?? 0),
        rebalanceCostMsat: account.rebalanceCostMsat + (spent?.costMsat ?? 0),
      };
    });
    return { payments, settled, nodes };
  }

  #record(before: Counts): Omit<RunRecord, RunKey> {
    const after = this.#counts();
    return {
      nodes: after.nodes.map((node, i) => since(node, before.nodes[i])),
      payments: after.payments - before.payments,
      settled: after.settled - before.settled,
      suggestions: this.#tally(),
      paybacks: this.#paybacks(),
      forecasts: judgeForecasts(
        this.#forecasts,
        (node) => this.#views.get(node)!,
        this.#moments.endMs,
      ),
    };
  }

  #results() {
    return this.views.flatMap((view) =>
      view.rebalances.filter(({ result }) => this.#suggested.has(result.id))
        .map((rebalance) => ({ ...rebalance, view }))
    );
  }

  #tally() {
    const results = this.#results().map(({ result }) => result);
    const count = (status: string) => results.filter((result) => result.status === status).length;
    const asked = [...this.#suggested.values()];
    return {
      made: asked.length,
      applied: count("applied"),
      failed: count("failed"),
      refused: count("refused"),
      attempts: results.reduce((sum, { attempts }) => sum + attempts, 0),
      askedMsat: asked.reduce((sum, { amountMsat }) => sum + amountMsat, 0),
      movedMsat: results.reduce((sum, { amountMsat }) => sum + amountMsat, 0),
    };
  }

  /** Of all that was carried out and whose horizon lies within the run. */
  #paybacks(): Payback[] {
    const horizonMs = this.#policy?.horizonMs ?? DAY_MS;
    return this.#results()
      .filter(({ result, timeMs }) =>
        result.status === "applied" && timeMs + horizonMs <= this.#moments.endMs
      )
      .map(({ result, timeMs, view }) => ({
        confidence: this.#suggested.get(result.id)!.confidence,
        feeMsat: result.feeMsat,
        earnedMsat: paybackOf({ timeMs, result }, view, horizonMs),
      }));
  }
}

/** What names a run; the rest is what it came to. */
type RunKey = "policy" | "scenario" | "seed";

interface Spent {
  rebalances: number;
  rebalancedMsat: number;
  costMsat: number;
}

interface Counts {
  payments: number;
  settled: number;
  nodes: NodeRecord[];
}

function since(now: NodeRecord, before: NodeRecord): NodeRecord {
  return {
    node: now.node,
    forwards: now.forwards - before.forwards,
    failedHere: now.failedHere - before.failedHere,
    forwardedMsat: now.forwardedMsat - before.forwardedMsat,
    forwardIncomeMsat: now.forwardIncomeMsat - before.forwardIncomeMsat,
    rebalances: now.rebalances - before.rebalances,
    rebalancedMsat: now.rebalancedMsat - before.rebalancedMsat,
    rebalanceCostMsat: now.rebalanceCostMsat - before.rebalanceCostMsat,
  };
}

function nodeOf(event: Exclude<LensEvent, { kind: "transaction" }>): string {
  if (event.kind === "channel_state") return event.channel.node;
  return event.kind === "forward" ? event.forward.node : event.rebalance.node;
}
