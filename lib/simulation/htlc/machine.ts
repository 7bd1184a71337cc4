import type { Balances, Network, Route } from "../../network/mod.ts";
import { EventQueue, type QueueState } from "./event_queue.ts";
import type { FailureReason } from "./failures.ts";
import type { GateOptions } from "./hop_gate.ts";
import {
  type EngineState,
  type ForwardFate,
  HtlcEngine,
  type HtlcListener,
} from "./htlc_engine.ts";
import { MAX_HOPS } from "./htlc_pool.ts";
import { Latency, LATENCY_OPTIONS, type LatencyOptions } from "./latency.ts";
import { Outages } from "./outages.ts";

/** One hop of an attempt as the node in its middle sees it. */
export interface HopOutcome {
  node: number;
  /** The direction by which the HTLC came, and that by which it was to go. */
  inDirection: number;
  outDirection: number;
  inAmountMsat: number;
  outAmountMsat: number;
  outcome: ForwardFate;
  failureReason?: FailureReason;
  /** From when the node passed the HTLC on until it knew its fate; 0 where it failed there. */
  tookMs: number;
  /** Number of the payment it belongs to; undefined for other attempts. */
  payment?: number;
}

/** Told of every hop that a node forwarded or tried to, once its fate is known. */
export type HopListener = (hop: HopOutcome) => void;

/** What became of an attempt along one route. */
export type AlongOutcome =
  | { settled: true }
  /** `failedHop` is the route's length where the receiver gave it back. */
  | { settled: false; failedHop: number; reason: FailureReason };

/** Kinds of events in the queue. */
export const EVENT = {
  attempt: 0,
  callback: 1,
  nodeBack: 2,
  partsTimeOut: 3,
  scheduled: 4,
} as const;
/** Kinds of owners of attempts. */
export const OWNER = { payment: 0, along: 1, probe: 2, peerRebalance: 3 } as const;

/** Whoever sends attempts is told what becomes of them. */
export interface AttemptOwnerListener {
  onHeld(attempt: number, id: number): void;
  onEnded(attempt: number, id: number, settled: boolean): void;
}

/** How HTLCs behave. */
export interface MachineOptions {
  latency?: LatencyOptions;
  gate?: Partial<GateOptions>;
  /** Of the latencies; whole number of 32 bits. */
  seed?: number;
  startMs?: number;
}

/** Where a {@linkcode Machine} stands. */
export interface MachineState {
  nowMs: number;
  queue: QueueState;
  away: [node: number, untilMs: number][];
  engine: EngineState;
  nextCallback: number;
  nextAlong: number;
}

/**
 * Virtual time: the queue of what will happen, the HTLCs, the nodes that are away, and who is told
 * of what. Time moves when {@linkcode Machine.runUntil} or `step` is called.
 */
export class Machine implements HtlcListener {
  readonly queue = new EventQueue();
  readonly outages: Outages;
  readonly latency: Latency;
  readonly engine: HtlcEngine;
  readonly #owners: AttemptOwnerListener[] = [];
  readonly #handlers: ((a: number, b: number) => void)[] = [];
  readonly #callbacks = new Map<number, () => void>();
  readonly #along = new Map<number, (outcome: AlongOutcome) => void>();
  #nextCallback = 0;
  #nextAlong = 0;
  #nowMs: number;
  #running = false;
  onHop: HopListener = () => {};
  /** Told of every attempt that ended, while its numbers can still be read; before its owner is. */
  onAttempt: (attempt: number, settled: boolean) => void = () => {};
  onIdle: (channel: number) => void = () => {};

  constructor(
    readonly network: Network,
    readonly balances: Balances,
    { latency = LATENCY_OPTIONS, gate, seed = 0, startMs = 0 }: MachineOptions = {},
  ) {
    this.#nowMs = startMs;
    this.outages = new Outages(network.nodeCount);
    this.latency = new Latency(seed, latency);
    this.engine = new HtlcEngine({
      network,
      balances,
      outages: this.outages,
      latency: this.latency,
      queue: this.queue,
      eventKind: EVENT.attempt,
      listener: this,
      gate,
    });
    this.#handlers[EVENT.attempt] = (a, b) => this.engine.run(a, b, this.#nowMs);
    this.#handlers[EVENT.callback] = (id) => this.#callBack(id);
    this.#handlers[EVENT.nodeBack] = (node) => {
      if (this.outages.end(node, this.#nowMs)) this.engine.wake(node, this.#nowMs);
    };
    this.#owners[OWNER.along] = {
      onHeld: (attempt) => this.engine.settle(attempt, this.#nowMs),
      onEnded: (attempt, id, settled) => this.#endAlong(attempt, id, settled),
    };
  }

  /** Virtual time, Unix ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** When the queue's next event is due. */
  get nextMs(): number {
    return this.queue.nextMs;
  }

  /** From now on `owner` is told of the attempts of that kind. */
  setOwner(kind: number, owner: AttemptOwnerListener): void {
    this.#owners[kind] = owner;
  }

  /** From now on `handle` does events of that kind. */
  setHandler(kind: number, handle: (a: number, b: number) => void): void {
    this.#handlers[kind] = handle;
  }

  /** Moves on to a time at which nothing of the queue is due before. Earlier times are ignored. */
  advanceTo(timeMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, timeMs);
  }

  /** Does the next event of the queue. */
  step(): void {
    const { queue } = this;
    this.advanceTo(queue.take());
    const outer = this.#running;
    this.#running = true;
    try {
      this.#handlers[queue.kind](queue.a, queue.b);
    } finally {
      this.#running = outer;
    }
  }

  /** Does what is due until then. */
  runUntil(timeMs: number): void {
    while (this.queue.nextMs <= timeMs) this.step();
    this.advanceTo(timeMs);
  }

  /**
   * Does what is due now. Whoever starts something from outside calls this, so that with zero
   * latency it has happened when the call returns; within an event it waits for its turn.
   */
  settleNow(): void {
    if (this.#running) return;
    while (this.queue.nextMs <= this.#nowMs) this.step();
  }

  /** Calls `then` at that time, or now when that is past. */
  at(timeMs: number, then: () => void): void {
    const id = this.#nextCallback++;
    this.#callbacks.set(id, then);
    this.queue.push(Math.max(timeMs, this.#nowMs), EVENT.callback, id);
  }

  /**
   * Sends one attempt along a route and tells, in virtual time, what became of it.
   *
   * @returns the attempt's name for {@linkcode Machine.waitAlong}
   * @throws {RangeError} for a route that is empty or too long
   */
  sendAlong(route: Route, onOutcome: (outcome: AlongOutcome) => void): number {
    const id = this.#nextAlong++;
    // Payments count from 0 upward: no number is used by both.
    const key = this.latency.keyOf(-1 - id, 0);
    const sent = this.engine.send(route, { kind: OWNER.along, id, key }, this.#nowMs);
    if (typeof sent === "number") this.#along.set(id, onOutcome);
    else onOutcome({ settled: false, failedHop: 0, reason: sent });
    this.settleNow();
    return id;
  }

  /** Waits again for an attempt that was under way when the state was saved. */
  waitAlong(id: number, onOutcome: (outcome: AlongOutcome) => void): void {
    this.#along.set(id, onOutcome);
  }

  /** Takes a node away for so long: it neither sends, forwards nor answers. */
  takeOffline(node: number, durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    this.outages.begin(node, untilMs);
    this.queue.push(untilMs, EVENT.nodeBack, node);
  }

  /** What became of an attempt that ended. */
  outcomeOf(attempt: number, settled: boolean): AlongOutcome {
    return settled ? { settled } : {
      settled,
      failedHop: this.engine.pool.failedHop[attempt],
      reason: this.engine.reason(attempt),
    };
  }

  /**
   * Where everything stands, as plain data; balances and network apart.
   *
   * @param awaited calls that whoever loads the state will wait for again
   * @throws {Error} while somebody else waits for a call, which can't be written down
   */
  save(awaited: number): MachineState {
    const lost = this.#callbacks.size + this.#along.size - awaited;
    if (lost > 0) {
      throw new Error(
        `${lost} calls are still waited for: ` +
          "a simulation can be saved before they begin or when they have ended",
      );
    }
    return {
      nowMs: this.#nowMs,
      queue: this.queue.save(),
      away: this.outages.save(),
      engine: this.engine.save(),
      nextCallback: this.#nextCallback,
      nextAlong: this.#nextAlong,
    };
  }

  load({ nowMs, queue, away, engine, nextCallback, nextAlong }: MachineState): void {
    this.#nowMs = nowMs;
    this.queue.load(queue);
    this.outages.load(away);
    this.engine.load(engine);
    this.#nextCallback = nextCallback;
    this.#nextAlong = nextAlong;
  }

  #callBack(id: number): void {
    const then = this.#callbacks.get(id);
    this.#callbacks.delete(id);
    then?.();
  }

  #endAlong(attempt: number, id: number, settled: boolean): void {
    const onOutcome = this.#along.get(id);
    this.#along.delete(id);
    onOutcome?.(this.outcomeOf(attempt, settled));
  }

  onForward(attempt: number, hop: number, outcome: ForwardFate): void {
    const { pool } = this.engine;
    const place = MAX_HOPS * attempt + hop;
    const outDirection = pool.direction[place];
    this.onHop({
      node: this.network.source[outDirection],
      inDirection: pool.direction[place - 1],
      outDirection,
      inAmountMsat: pool.amountMsat[place - 1],
      outAmountMsat: pool.amountMsat[place],
      outcome,
      failureReason: outcome === "failed_here" ? this.engine.reason(attempt) : undefined,
      tookMs: outcome === "failed_here" ? 0 : this.#nowMs - pool.lockedMs[place],
      payment: pool.ownerKind[attempt] === OWNER.payment ? pool.owner[attempt] : undefined,
    });
  }

  onHeld(attempt: number): void {
    const { pool } = this.engine;
    this.#owners[pool.ownerKind[attempt]].onHeld(attempt, pool.owner[attempt]);
  }

  onEnded(attempt: number, settled: boolean): void {
    const { pool } = this.engine;
    this.onAttempt(attempt, settled);
    this.#owners[pool.ownerKind[attempt]].onEnded(attempt, pool.owner[attempt], settled);
  }
}
