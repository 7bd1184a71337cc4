import { SECOND_MS } from "../core/mod.ts";
import {
  type AttemptOutcome,
  type Balances,
  type CircularAttempt,
  CircularAttempts,
  type CircularEnd,
  LiquidityMemory,
  LiquidityPrior,
  type MemoryState,
  type Network,
  type Route,
  RouteFinder,
  shortfallReason,
} from "../network/mod.ts";
import type { AttemptDetail, RebalanceProgress, Suggestion } from "../protocol/mod.ts";
import { lessonOf } from "./failures.ts";
import type { AlongOutcome } from "./machine.ts";

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
  /** Sends one attempt; its outcome comes later in virtual time. */
  sendAlong: (route: Route, onOutcome: (outcome: AlongOutcome) => void) => void;
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

  constructor(tools: RebalanceTools) {
    this.#tools = tools;
    this.#finder = finderOf(tools.network);
    this.#channelCount = tools.network.channelCount;
  }

  /**
   * Begins a rebalance. `onMoved` is told of each part that arrived, `onDone` once of the end, and
   * `onStep` of each attempt that was sent or has ended.
   */
  start(
    request: CheckedSuggestion,
    { onMoved, onDone, onStep }: {
      onMoved: (route: Route) => void;
      onDone: (outcome: RebalanceOutcome) => void;
      onStep?: (steps: RebalanceSteps) => void;
    },
  ): void {
    const { balances, nowMs, sendAlong } = this.#tools;
    const attempts = new CircularAttempts({ ...request, sourceChannels: [request.sourceChannel] }, {
      finder: this.#currentFinder(),
      memory: this.#memoryOf(request.node),
      availableMsat: (direction) => balances.availableMsat(direction),
    });
    const tries: AttemptDetail[] = [];
    const underWay = new Map<number, RebalanceSteps["underWay"][number]>();
    const tellStep = () => onStep?.({ tries: [...tries], underWay: [...underWay.values()] });
    const goOn = () => {
      const step = attempts.next(nowMs());
      if (step.kind === "wait") return;
      if (step.kind === "done") {
        const { movedMsat, feeMsat } = attempts;
        return onDone({ movedMsat, feeMsat, attempts: attempts.attempts, end: step.end, tries });
      }
      const { id, route } = step.attempt;
      underWay.set(id, this.#way(step.attempt));
      tellStep();
      sendAlong(route, (outcome) => {
        underWay.delete(id);
        tries.push(this.#detail(step.attempt, outcome));
        tellStep();
        if (outcome.settled) onMoved(route);
        attempts.tell(id, attemptOutcome(outcome, route), nowMs());
        goOn();
      });
    };
    goOn();
  }

  /** What nodes remember, as plain data. */
  save(): [node: number, MemoryState][] {
    return Array.from(this.#memories, ([node, memory]) => [node, memory.snapshot()]);
  }

  load(memories: ReturnType<Rebalancer["save"]>): void {
    this.#memories.clear();
    for (const [node, remembered] of memories) this.#memoryOf(node).restore(remembered);
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
