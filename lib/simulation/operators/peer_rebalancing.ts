import { DAY_MS, type Rng, type RngState, satToMsat } from "../../core/mod.ts";
import { createRouter, type MemorySnapshot, type Route, type Router } from "../../network/mod.ts";
import type { Accounts } from "./accounts.ts";
import { type AlongOutcome, type Machine, OWNER } from "../htlc/machine.ts";
import { beginAs, learnOutcome } from "../traffic/router_use.ts";

/** As measured at a real node: median 50,000 sat at 41 ppm, nine in ten below 85 ppm, most tries in vain. */
export const PEER_REBALANCING_OPTIONS = {
  /** Rebalances that a node with channels enough begins a day. */
  perNodeDay: 2,
  /** It has at least so many channels. */
  leastChannels: 5,
  /** Amount, log-normal: median, and deviation of its ln. */
  medianSat: 50_000,
  amountSdLog: 1,
  /** What a node is ready to pay, log-normal. */
  medianLimitPpm: 74,
  limitSdLog: 0.45,
  /** Routes tried for one. */
  maxAttempts: 5,
};
export type PeerRebalancingOptions = typeof PEER_REBALANCING_OPTIONS;

/** A rebalance under way. */
interface Task {
  node: number;
  sourceChannel: number;
  targetChannel: number;
  amountMsat: number;
  feeLimitMsat: number;
  attempts: number;
  route?: Route;
}

/** What {@linkcode PeerRebalancing} works on. */
export interface PeerRebalancingTools {
  machine: Machine;
  accounts: Accounts;
  rng: Rng;
  startMs: number;
  /** Whether a node leaves this to others, such as operators. */
  spared: (node: number) => boolean;
  /** Told of each direction of a rebalance that settled. */
  onMoved: (direction: number) => void;
}

/** Where a {@linkcode PeerRebalancing} stands. */
export interface PeerRebalancingState {
  rng: RngState;
  nextMs: number;
  count: number;
  tasks: [id: number, Task][];
  known: MemorySnapshot;
}

/** Latencies of these attempts are no payment's, probe's or other's. */
const FIRST_SERIAL = -500_000_000;

/**
 * Other nodes' own rebalances: from the fullest channel to the emptiest, through the same HTLCs as
 * all else. Who begins one, when and at what limit depends on the seed alone.
 */
export class PeerRebalancing {
  readonly options: PeerRebalancingOptions;
  readonly #tools: PeerRebalancingTools;
  readonly #router: Router;
  readonly #nodes: number[];
  readonly #tasks = new Map<number, Task>();
  #count = 0;
  /** When the next one begins; Infinity where no node has channels enough. */
  nextMs: number;

  constructor(tools: PeerRebalancingTools, options: Partial<PeerRebalancingOptions> = {}) {
    const { machine, spared, startMs } = tools;
    const { network } = machine;
    this.options = { ...PEER_REBALANCING_OPTIONS, ...options };
    this.#tools = tools;
    this.#router = createRouter("prior", network);
    this.#nodes = Array.from({ length: network.nodeCount }, (_, node) => node)
      .filter((node) => network.degree(node) >= this.options.leastChannels && !spared(node));
    this.nextMs = this.#after(startMs);
    machine.setOwner(OWNER.peerRebalance, {
      onHeld: (attempt) => machine.engine.settle(attempt, machine.nowMs),
      onEnded: (attempt, id, settled) => this.#onEnded(attempt, id, settled),
    });
  }

  #after(timeMs: number): number {
    const perDay = this.options.perNodeDay * this.#nodes.length;
    return timeMs + Math.ceil(this.#tools.rng.exponential() * DAY_MS / perDay);
  }

  /** Begins what is due. */
  run(): void {
    const { rng, machine } = this.#tools;
    const { medianSat, amountSdLog, medianLimitPpm, limitSdLog } = this.options;
    this.nextMs = this.#after(this.nextMs);
    const node = this.#nodes[rng.int(this.#nodes.length)];
    const wantedMsat = satToMsat(Math.round(medianSat * Math.exp(amountSdLog * rng.normal())));
    const limitPpm = medianLimitPpm * Math.exp(limitSdLog * rng.normal());
    const { source, target } = this.#ends(node);
    if (source >> 1 === target >> 1) return;
    const { balances } = machine;
    const amountMsat = Math.min(
      wantedMsat,
      balances.availableMsat(source),
      balances.availableMsat(target ^ 1),
    );
    if (amountMsat === 0) return;
    const id = this.#count++;
    this.#tasks.set(id, {
      node,
      sourceChannel: source >> 1,
      targetChannel: target >> 1,
      amountMsat,
      feeLimitMsat: Math.floor(amountMsat * limitPpm / 1_000_000),
      attempts: 0,
    });
    this.#tryNext(id);
    machine.settleNow();
  }

  /** A node's fullest and emptiest channels, as directions from it. */
  #ends(node: number): { source: number; target: number } {
    const { network, balances } = this.#tools.machine;
    const share = (direction: number) =>
      balances.balanceMsat[direction] / network.capacitySat[direction >> 1];
    const usable = network.directionsFrom(node).filter((direction) =>
      network.disabled[direction] === 0
    );
    if (usable.length === 0) return { source: 0, target: 0 };
    const by = (better: (a: number, b: number) => boolean) =>
      usable.reduce((best, direction) => better(share(direction), share(best)) ? direction : best);
    return { source: by((a, b) => a > b), target: by((a, b) => a < b) };
  }

  #tryNext(id: number): void {
    const { machine } = this.#tools;
    const task = this.#tasks.get(id)!;
    while (task.attempts < this.options.maxAttempts) {
      const route = this.#findRoute(task);
      if (route === undefined) break;
      const key = machine.latency.keyOf(FIRST_SERIAL - id, task.attempts++);
      task.route = route;
      const owner = { kind: OWNER.peerRebalance, id, key };
      const sent = machine.engine.send(route, owner, machine.nowMs);
      if (typeof sent === "number") return;
      this.#learn(task, { settled: false, failedHop: 0, reason: sent });
    }
    this.#tasks.delete(id);
  }

  #findRoute({ route: _route, attempts: _attempts, ...request }: Task): Route | undefined {
    beginAs(request.node, this.#router, this.#tools.machine);
    return this.#router.findCircularRoute(request);
  }

  #learn({ node, route }: Task, outcome: AlongOutcome): void {
    if (route === undefined) throw new Error("a rebalance ended before it began");
    const { nowMs } = this.#tools.machine;
    learnOutcome(this.#router, { payer: node, route, nowMs }, outcome);
  }

  #onEnded(attempt: number, id: number, settled: boolean): void {
    const { machine, accounts, onMoved } = this.#tools;
    const task = this.#tasks.get(id)!;
    this.#learn(task, machine.outcomeOf(attempt, settled));
    if (!settled) return this.#tryNext(id);
    this.#tasks.delete(id);
    const { node, route, amountMsat } = task;
    accounts.add(node, "rebalances", 1);
    accounts.add(node, "rebalancedMsat", amountMsat);
    accounts.add(node, "rebalanceCostMsat", route!.feeMsat);
    for (const direction of route!.directions) onMoved(direction);
  }

  save(): PeerRebalancingState {
    return {
      rng: this.#tools.rng.save(),
      nextMs: this.nextMs,
      count: this.#count,
      tasks: [...this.#tasks],
      known: this.#router.snapshot(),
    };
  }

  load({ rng, nextMs, count, tasks, known }: PeerRebalancingState): void {
    this.#tools.rng.load(rng);
    this.nextMs = nextMs;
    this.#count = count;
    this.#tasks.clear();
    for (const [id, task] of tasks) this.#tasks.set(id, task);
    this.#router.restore(known);
  }
}
