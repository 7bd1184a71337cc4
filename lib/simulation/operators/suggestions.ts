import type { Route } from "../../network/mod.ts";
import type { RebalanceProgress, Suggestion, SuggestionResult } from "../../protocol/mod.ts";
import type { Accounts } from "./accounts.ts";
import type { Machine } from "../htlc/machine.ts";
import {
  type CheckedSuggestion,
  checkSuggestion,
  type RebalanceListener,
  type RebalanceOutcome,
  Rebalancer,
  rebalanceResult,
  type RebalancerState,
} from "./rebalancer.ts";
import type { StatisticsCounter } from "./statistics.ts";
import type { Teller } from "./teller.ts";

/** Told what became of one suggestion. */
export type OnSuggestionResult = (result: SuggestionResult) => void;

/** What suggestions are carried out with. */
export interface SuggestionTools {
  machine: Machine;
  accounts: Accounts;
  statistics: StatisticsCounter;
  teller: Teller;
  /** Ids of those who take suggestions. */
  operators: readonly string[];
}

/** Carries out what is suggested to operators, books it and tells what became of it. */
export class Suggestions {
  /** Told of each step of what is carried out. */
  onProgress: ((progress: RebalanceProgress) => void) | undefined;
  readonly #tools: SuggestionTools;
  readonly #rebalancer: Rebalancer;

  constructor(tools: SuggestionTools) {
    const { machine } = tools;
    this.#tools = tools;
    this.#rebalancer = new Rebalancer({
      network: machine.network,
      balances: machine.balances,
      nowMs: () => machine.nowMs,
      sendAlong: (route, onOutcome) => machine.sendAlong(route, onOutcome),
      waitAlong: (name, onOutcome) => machine.waitAlong(name, onOutcome),
    });
  }

  /** Starts a suggested rebalance, or refuses it. */
  apply(suggestion: Suggestion, onResult?: OnSuggestionResult): void {
    const { machine, operators } = this.#tools;
    const checked = operators.includes(suggestion.node)
      ? checkSuggestion(suggestion, machine.network, machine.balances, machine.nowMs)
      : "not a node that takes suggestions";
    if (typeof checked === "string") return this.refuse(suggestion, checked, onResult);
    this.#rebalancer.start(suggestion, checked, this.#listener(suggestion, checked, onResult));
  }

  #listener(
    suggestion: Suggestion,
    checked: CheckedSuggestion,
    onResult?: OnSuggestionResult,
  ): RebalanceListener {
    const { id, node, sourceChannel, targetChannel, amountMsat, feeLimitMsat } = suggestion;
    const whole = { id, node, sourceChannel, targetChannel, amountMsat, feeLimitMsat };
    return {
      onStep: (steps) => this.onProgress?.({ ...whole, ...steps() }),
      onMoved: (route) => this.#book(checked.node, route),
      onDone: (outcome) => this.#end(suggestion, checked, outcome, onResult),
    };
  }

  /** Attempts of rebalances that are under way. */
  get underWay(): number {
    return this.#rebalancer.underWay;
  }

  /** Answers a suggestion that is not carried out. */
  refuse(suggestion: Suggestion, reason: string, onResult?: OnSuggestionResult): void {
    const outcome = { status: "refused", reason, amountMsat: 0, feeMsat: 0, attempts: 0 } as const;
    this.#tell(suggestion, { ...outcome, channels: [] }, onResult);
  }

  /** What nodes remember of their rebalances, and those under way, as plain data. */
  save(): RebalancerState {
    return this.#rebalancer.save();
  }

  /** Goes on from there; what becomes of rebalances under way is told as events alone. */
  load(state: RebalancerState): void {
    this.#rebalancer.load(state, (suggestion, checked) => this.#listener(suggestion, checked));
  }

  /** A part of a rebalance has arrived. */
  #book(node: number, { directions, amountsMsat, feeMsat }: Route): void {
    const { accounts, teller } = this.#tools;
    accounts.add(node, "rebalancedMsat", amountsMsat[amountsMsat.length - 1]);
    accounts.add(node, "rebalanceCostMsat", feeMsat);
    for (const direction of directions) teller.touch(direction);
    teller.tellMoved();
  }

  #end(
    suggestion: Suggestion,
    { node, sourceChannel, targetChannel }: CheckedSuggestion,
    outcome: RebalanceOutcome,
    onResult?: OnSuggestionResult,
  ): void {
    const { accounts, machine, teller } = this.#tools;
    if (outcome.movedMsat > 0) accounts.add(node, "rebalances", 1);
    this.#tell(suggestion, {
      ...rebalanceResult(outcome, suggestion.amountMsat),
      channels: [sourceChannel, targetChannel].map((channel) =>
        teller.state(machine.network.directionFrom(node, channel)!)
      ),
    }, onResult);
  }

  #tell(
    { id, node, sourceChannel, targetChannel }: Suggestion,
    outcome: Omit<SuggestionResult, "id" | "node" | "sourceChannel" | "targetChannel">,
    onResult?: OnSuggestionResult,
  ): void {
    const result = { id, node, sourceChannel, targetChannel, ...outcome };
    this.#tools.statistics.countSuggestion(result);
    this.#tools.teller.rebalance(result);
    onResult?.(result);
  }
}
