import {
  type AttemptOutcome,
  type AttemptResources,
  type CircularAttempt,
  CircularAttempts,
  type Network,
  shortfallReason,
} from "../network/mod.ts";
import type { AttemptFailure, PolicyUpdate, TimedHop } from "../nodes/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import { type Ends, movableInMsat, movableOutMsat } from "./guards.ts";

/** What routes are searched for. */
export interface RouteTask {
  suggestion: Suggestion;
  /** What all of it may cost at most. */
  capMsat: number;
  /** No attempt begins at this time or later, Unix ms. */
  expiresMs: number;
}

/** A route to try. */
export interface RouteTry {
  kind: "try";
  attempt: CircularAttempt;
  hops: TimedHop[];
  /** What comes back, and what it costs. */
  amountMsat: number;
  feeMsat: number;
}

/** What became of a try. */
export interface TryOutcome {
  settled: boolean;
  failure?: AttemptFailure;
}

/** Codes with which a node says that it holds too little, or has no room, for an amount now. */
const TOO_MUCH = new Set(["temporary_channel_failure"]);
/** Codes with which a node says that we did not keep to the terms of its channel. */
const OTHER_TERMS = new Set(["fee_insufficient", "incorrect_cltv_expiry", "amount_below_minimum"]);

/** The routes of one rebalance, one after the other, in the names and amounts of a node. */
export class RouteSearch {
  #ends: Ends | undefined;
  readonly #attempts: CircularAttempts;

  private constructor(
    readonly task: RouteTask,
    readonly network: Network,
    { node, source, back }: { node: number; source: number; back: number },
    resources: Omit<AttemptResources, "availableMsat">,
  ) {
    const { suggestion, capMsat, expiresMs } = task;
    this.#attempts = new CircularAttempts({
      node,
      sourceChannels: [source],
      targetChannel: back >> 1,
      amountMsat: suggestion.amountMsat,
      feeLimitMsat: capMsat,
      valueMsat: Math.max(0, suggestion.expectedGainMsat) + suggestion.expectedFeeMsat,
      expiresMs,
    }, {
      ...resources,
      availableMsat: (direction) => {
        if (this.#ends === undefined) return 0;
        return direction === back ? movableInMsat(this.#ends) : movableOutMsat(this.#ends);
      },
    });
  }

  /** Undefined where the graph does not know both channels with the terms of the way back. */
  static begin(
    task: RouteTask,
    resources: Omit<AttemptResources, "availableMsat">,
  ): RouteSearch | undefined {
    const { network } = resources.finder;
    const { suggestion } = task;
    const node = network.nodeOf(suggestion.node);
    const source = network.channelOf(suggestion.sourceChannel);
    const target = network.channelOf(suggestion.targetChannel);
    if (node === undefined || source === undefined || target === undefined) return undefined;
    const own = network.directionFrom(node, target);
    if (own === undefined || network.directionFrom(node, source) === undefined) return undefined;
    const back = own ^ 1;
    if (network.policy(back) === undefined) return undefined;
    return new RouteSearch(task, network, { node, source, back }, resources);
  }

  /** What has not been moved, msat. */
  get #missingMsat(): number {
    return this.task.suggestion.amountMsat - this.#attempts.movedMsat;
  }

  /** What to try next by what both channels hold now, or why nothing more; no reason where all is moved. */
  next(ends: Ends, nowMs: number): RouteTry | { kind: "done"; reason: string | undefined } {
    this.#ends = ends;
    const step = this.#attempts.next(nowMs);
    if (step.kind === "try") {
      const { attempt, attempt: { route: { feeMsat }, amountMsat } } = step;
      return { kind: "try", attempt, hops: this.#hops(attempt), amountMsat, feeMsat };
    }
    const { attempts, movedMsat } = this.#attempts;
    const end = step.kind === "done" ? step.end : "no_route";
    const reason = this.#missingMsat > 0
      ? shortfallReason({ end, movedMsat, attempts })
      : undefined;
    return { kind: "done", reason };
  }

  /** Says what became of a try. */
  tell({ attempt }: RouteTry, outcome: TryOutcome, nowMs: number): void {
    this.#attempts.tell(attempt.id, this.#lesson(attempt, outcome), nowMs);
  }

  #hops({ route: { directions, amountsMsat } }: CircularAttempt): TimedHop[] {
    const { channelIds, nodeIds, source, cltvDelta } = this.network;
    return directions.map((direction, hop) => ({
      channelId: channelIds[direction >> 1],
      node: nodeIds[source[direction ^ 1]],
      amountMsat: amountsMsat[hop],
      cltvDelta: cltvDelta[direction],
    }));
  }

  /** What an attempt teaches. New terms that came with it are taken over. */
  #lesson({ route: { directions } }: CircularAttempt, outcome: TryOutcome): AttemptOutcome {
    if (outcome.settled) return { settled: true };
    const { atHop, code = "", update } = outcome.failure ?? {};
    if (atHop === undefined || atHop >= directions.length) return { settled: false };
    const changed = update !== undefined && this.#takeOver(directions[atHop], update);
    if (changed && OTHER_TERMS.has(code)) return { settled: false, failedHop: atHop, changed };
    return { settled: false, failedHop: atHop, down: !TOO_MUCH.has(code) };
  }

  /** Takes terms over where they are of the hop that failed. True where they are new. */
  #takeOver(direction: number, { channelId, of, policy }: PolicyUpdate): boolean {
    const { channelIds, nodeIds, source } = this.network;
    const ownerSmaller = nodeIds[source[direction]] < nodeIds[source[direction ^ 1]];
    return channelIds[direction >> 1] === channelId && (of === "smaller_key") === ownerSmaller &&
      this.network.setPolicy(direction, policy);
  }
}
