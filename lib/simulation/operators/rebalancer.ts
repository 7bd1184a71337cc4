import { SECOND_MS } from "../../core/mod.ts";
import {
  type AttemptOutcome,
  type Balances,
  type CircularAttempt,
  CircularAttempts,
  type CircularEnd,
  type CircularState,
  LiquidityMemory,
  LiquidityPrior,
  type MemoryState,
  type Network,
  type Route,
  RouteFinder,
  shortfallReason,
} from "../../network/mod.ts";
import type { AttemptDetail, RebalanceProgress, Suggestion } from "../../protocol/mod.ts";
import { lessonOf } from "../htlc/failures.ts";
import type { AlongOutcome } from "../htlc/machine.ts";

/** A suggestion in numbers of the network. */
export interface CheckedSuggestion {
  node: number;
  sourceChannel: number;
  targetChannel: number;
  amountMsat: number;
  feeLimitMsat: number;
  /** What it is expected to be worth before fees. */
  valueMsat: number;
  expiresMs: number;
}

/** What a rebalance came to. */
export interface RebalanceOutcome {
  movedMsat: number;
  feeMsat: number;
  attempts: number;
  end: CircularEnd;
  /** Each attempt, in the order in which they ended. */
  tries: AttemptDetail[];
}

/**
 * Checks that a suggestion can be meant for this network now.
 *
 * @returns the reason to refuse it, or the suggestion in numbers
 */
export function checkSuggestion(
  suggestion: Suggestion,
  network: Network,
  balances: Balances,
  nowMs: number,
): string | CheckedSuggestion {
  const { sourceChannel, targetChannel, amountMsat, feeLimitMsat } = suggestion;
  if (suggestion.expiresAt < nowMs) {
    return `expired ${Math.round((nowMs - suggestion.expiresAt) / SECOND_MS)} s ago`;
  }
  const node = network.nodeOf(suggestion.node);
  if (node === undefined) return "unknown node";
  if (sourceChannel === targetChannel) return "source and target are the same channel";
  const ends = [
    { name: "source", channel: sourceChannel, peer: suggestion.sourceNode },
    { name: "target", channel: targetChannel, peer: suggestion.targetNode },
  ];
  const channels: number[] = [];
  for (const { name, channel, peer } of ends) {
    const index = network.channelOf(channel);
    if (index === undefined) return `unknown ${name} channel`;
    const out = network.directionFrom(node, index);
    if (out === undefined) return `the ${name} channel is not the node's`;
    if (network.nodeIds[network.source[out ^ 1]] !== peer) {
      return `the ${name} channel leads to another peer`;
    }
    channels.push(index);
  }
  const out = network.directionFrom(node, channels[0])!;
  const back = network.directionFrom(node, channels[1])! ^ 1;
  if (balances.availableMsat(out) < amountMsat) return "insufficient local balance";
  if (balances.availableMsat(back) < amountMsat) return "insufficient remote balance";
  return {
    node,
    sourceChannel: channels[0],
    targetChannel: channels[1],
    amountMsat,
    feeLimitMsat,
    valueMsat: Math.max(0, suggestion.expectedGainMsat) + suggestion.expectedFeeMsat,
    expiresMs: suggestion.expiresAt,
  };
}

/** What is told of a rebalance of `wantedMsat`, but for the channels. */
export function rebalanceResult(outcome: RebalanceOutcome, wantedMsat: number) {
  const { movedMsat, feeMsat, attempts, tries } = outcome;
  return {
    status: movedMsat > 0 ? "applied" : "failed",
    reason: movedMsat < wantedMsat ? shortfallReason(outcome) : undefined,
    amountMsat: movedMsat,
    feeMsat,
    attempts,
    tries,
  } as const;
}

/** What was tried so far, and what is on its way. */
export type RebalanceSteps = Pick<RebalanceProgress, "tries" | "underWay">;

/** What rebalances need of the simulation. */
export interface RebalanceTools {
  network: Network;
  balances: Balances;
  nowMs: () => number;
  /** Sends one attempt; its outcome comes later in virtual time. Returns its name. */
  sendAlong: (route: Route, onOutcome: (outcome: AlongOutcome) => void) => number;
  /** Waits again for an attempt that was under way when the state was saved. */
  waitAlong: (name: number, onOutcome: (outcome: AlongOutcome) => void) => void;
}

/** Who hears of a rebalance. */
export interface RebalanceListener {
  /** A part has arrived. */
  onMoved: (route: Route) => void;
  /** It has ended; told once. */
  onDone: (outcome: RebalanceOutcome) => void;
  /** An attempt was sent or has ended; `steps` makes what can be told of it. */
  onStep: (steps: () => RebalanceSteps) => void;
}

/** A rebalance that is being carried out. */
interface RebalanceRun {
  suggestion: Suggestion;
  request: CheckedSuggestion;
  attempts: CircularAttempts;
  tries: AttemptDetail[];
  /** Names of the attempts under way, by their numbers. */
  names: Map<number, number>;
  listener: RebalanceListener;
}

/** What rebalances have left behind and where those under way stand, as plain data. */
export interface RebalancerState {
  memories: [node: number, memory: MemoryState][];
  runs: {
    suggestion: Suggestion;
    request: CheckedSuggestion;
    attempts: CircularState;
    tries: AttemptDetail[];
    names: [attempt: number, name: number][];
  }[];
}

/**
 * Carries out circular rebalances as real payments to oneself, as {@linkcode CircularAttempts}
 * decides them. What a node learned from its attempts it remembers for hours.
 */
export class Rebalancer {
  readonly #tools: RebalanceTools;
  #finder: RouteFinder;
  /** Channels of the network when the finder was made. */
  #channelCount: number;
  readonly #memories = new Map<number, LiquidityMemory>();
  readonly #runs = new Set<RebalanceRun>();

  constructor(tools: RebalanceTools) {
    this.#tools = tools;
    this.#finder = finderOf(tools.network);
    this.#channelCount = tools.network.channelCount;
  }

  /** Attempts under way. */
  get underWay(): number {
    let count = 0;
    for (const { names } of this.#runs) count += names.size;
    return count;
  }

  /** Begins a rebalance. */
  start(suggestion: Suggestion, request: CheckedSuggestion, listener: RebalanceListener): void {
    const attempts = this.#attemptsOf(request);
    const run = { suggestion, request, attempts, tries: [], names: new Map(), listener };
    this.#runs.add(run);
    this.#goOn(run);
  }

  /** What nodes remember, and the rebalances under way. */
  save(): RebalancerState {
    return {
      memories: Array.from(this.#memories, ([node, memory]) => [node, memory.snapshot()]),
      runs: Array.from(this.#runs, ({ suggestion, request, attempts, tries, names }) => ({
        ...{ suggestion, request, tries },
        attempts: attempts.save(),
        names: [...names],
      })),
    };
  }

  /**
   * Goes on where another one stood.
   *
   * @param listenerOf who hears from now on of the rebalance of a suggestion
   */
  load(
    { memories, runs }: RebalancerState,
    listenerOf: (suggestion: Suggestion, request: CheckedSuggestion) => RebalanceListener,
  ): void {
    this.#memories.clear();
    for (const [node, remembered] of memories) this.#memoryOf(node).restore(remembered);
    this.#runs.clear();
    for (const { suggestion, request, attempts: state, tries, names } of runs) {
      const attempts = this.#attemptsOf(request);
      attempts.load(state);
      const listener = listenerOf(suggestion, request);
      const run = { suggestion, request, attempts, tries, names: new Map(names), listener };
      this.#runs.add(run);
      for (const attempt of state.inFlight) {
        this.#tools.waitAlong(run.names.get(attempt.id)!, this.#onOutcome(run, attempt));
      }
    }
  }

  #attemptsOf(request: CheckedSuggestion): CircularAttempts {
    const { balances } = this.#tools;
    return new CircularAttempts({ ...request, sourceChannels: [request.sourceChannel] }, {
      finder: this.#currentFinder(),
      memory: this.#memoryOf(request.node),
      availableMsat: (direction) => balances.availableMsat(direction),
    });
  }

  #goOn(run: RebalanceRun): void {
    const { attempts, tries, listener } = run;
    const step = attempts.next(this.#tools.nowMs());
    if (step.kind === "wait") return;
    if (step.kind === "done") {
      this.#runs.delete(run);
      const { movedMsat, feeMsat } = attempts;
      const outcome = { movedMsat, feeMsat, attempts: attempts.attempts, end: step.end, tries };
      return listener.onDone(outcome);
    }
    const { attempt } = step;
    this.#tellStep(run);
    const onOutcome = this.#onOutcome(run, attempt);
    let ended = false;
    const name = this.#tools.sendAlong(attempt.route, (outcome) => {
      ended = true;
      onOutcome(outcome);
    });
    // Without latency it has ended by now.
    if (!ended) run.names.set(attempt.id, name);
  }

  #onOutcome(run: RebalanceRun, attempt: CircularAttempt): (outcome: AlongOutcome) => void {
    return (outcome) => {
      const { attempts, tries, names, listener } = run;
      const { id, route } = attempt;
      names.delete(id);
      tries.push(this.#detail(attempt, outcome));
      attempts.tell(id, attemptOutcome(outcome, route), this.#tools.nowMs());
      this.#tellStep(run);
      if (outcome.settled) listener.onMoved(route);
      this.#goOn(run);
    };
  }

  #tellStep({ attempts, tries, listener }: RebalanceRun): void {
    listener.onStep(() => ({
      tries: [...tries],
      underWay: attempts.inFlight.map((attempt) => this.#way(attempt)),
    }));
  }

  /** A finder has room for the channels that were there when it was made. */
  #currentFinder(): RouteFinder {
    const { network } = this.#tools;
    if (network.channelCount !== this.#channelCount) {
      this.#finder = finderOf(network);
      this.#channelCount = network.channelCount;
    }
    return this.#finder;
  }

  #memoryOf(node: number): LiquidityMemory {
    let memory = this.#memories.get(node);
    if (memory === undefined) {
      const { network } = this.#tools, finder = this.#currentFinder();
      this.#memories.set(node, memory = new LiquidityMemory(network, finder.bounds.prior));
    }
    return memory;
  }

  #way({ route, amountMsat }: CircularAttempt): RebalanceSteps["underWay"][number] {
    const { channelIds } = this.#tools.network;
    return {
      channels: route.directions.map((direction) => channelIds[direction >> 1]),
      amountMsat,
      feeMsat: route.feeMsat,
    };
  }

  #detail(attempt: CircularAttempt, outcome: AlongOutcome): AttemptDetail {
    return {
      ...this.#way(attempt),
      settled: outcome.settled,
      failedHop: outcome.settled ? undefined : outcome.failedHop,
      reason: outcome.settled ? undefined : outcome.reason,
    };
  }
}

function finderOf(network: Network): RouteFinder {
  return new RouteFinder(network, new LiquidityPrior(network));
}

/** What an attempt's end teaches. */
function attemptOutcome(outcome: AlongOutcome, { directions }: Route): AttemptOutcome {
  if (outcome.settled) return outcome;
  const { failedHop, reason } = outcome;
  return {
    settled: false,
    failedHop: failedHop < directions.length ? failedHop : undefined,
    down: lessonOf(reason) === "unavailable",
  };
}
