import type { Balances, Network, Route } from "../../network/mod.ts";
import type { EventQueue } from "./event_queue.ts";
import { type FailureReason, reasonCode, reasonOf } from "./failures.ts";
import { BLOCK_MS, type ForwardRequest, type GateOptions, HopGate, PASSED } from "./hop_gate.ts";
import { HtlcPool, MAX_HOPS, PHASE, type PoolState } from "./htlc_pool.ts";
import { checkHtlcs } from "./htlc_check.ts";
import type { Latency } from "./latency.ts";
import type { Outages } from "./outages.ts";

/** Blocks that a receiver asks for. */
const FINAL_CLTV = 40;
const TIMED_OUT = reasonCode("htlc_timed_out");

/** Whose attempt it is: a kind that the listener knows, and a number of that kind. */
export interface AttemptOwner {
  kind: number;
  id: number;
  /** Its luck, by {@linkcode Latency.keyOf}. */
  key: number;
}

/** What became of an HTLC that a node forwarded or was to forward. */
export type ForwardFate = "settled" | "failed_here" | "failed_downstream";

/** Told what becomes of attempts. May send further ones. */
export interface HtlcListener {
  /** A node in the middle knows the fate of what it was to send by hop `hop` of an attempt. */
  onForward(attempt: number, hop: number, fate: ForwardFate): void;
  /** All hops are locked: the receiver has to settle or to fail it. */
  onHeld(attempt: number): void;
  /** All HTLCs of the attempt have ended and the payer knows; after this its number is free. */
  onEnded(attempt: number, settled: boolean): void;
  /** The last HTLC left a channel that takes no more. */
  onIdle(channel: number): void;
}

/** Where an {@linkcode HtlcEngine} stands. */
export interface EngineState {
  pool: PoolState;
  closing: number[];
  earnedMsat: number;
  paidMsat: number;
}

/** What an {@linkcode HtlcEngine} works on. */
export interface HtlcWorld {
  network: Network;
  balances: Balances;
  outages: Outages;
  latency: Latency;
  queue: EventQueue;
  /** Kind of its events in the queue; they carry an attempt and a tick. */
  eventKind: number;
  listener: HtlcListener;
  gate?: Partial<GateOptions>;
}

/**
 * HTLCs in virtual time. An attempt locks its hops one after the other, as messages take their
 * time; where a hop can't be locked, what is locked fails hop by hop, back to the payer; where all
 * are, the receiver holds the HTLC until it is told to settle or fail it, and that comes back hop
 * by hop too. Every node checks what it forwards against its terms of that moment.
 *
 * What has to come from a node that is away, or go to one, is stuck until the node is back. When
 * the HTLC's time lock ends before, the chain decides: it fails or, where the preimage is known
 * already, settles. Nothing is allocated by attempts and events.
 */
export class HtlcEngine {
  readonly pool = new HtlcPool();
  readonly gate: HopGate;
  readonly #world: HtlcWorld;
  /** Reused by every forward. */
  readonly #request: ForwardRequest = {
    direction: 0,
    inAmountMsat: 0,
    outAmountMsat: 0,
    inExpiryMs: 0,
    outExpiryMs: 0,
  };
  /** Fees that forwarding nodes earned and that payers paid, ever. */
  earnedMsat = 0;
  paidMsat = 0;

  constructor(world: HtlcWorld) {
    this.#world = world;
    this.gate = new HopGate(world.network, world.balances, world.outages, world.gate);
  }

  /**
   * Sends an attempt along a route. Its first hop is locked at once.
   *
   * @returns the number of the attempt, or why the first hop can't be locked
   * @throws {RangeError} for a route that is empty or too long
   */
  send(route: Route, owner: AttemptOwner, nowMs: number): number | FailureReason {
    const { directions, amountsMsat } = route;
    const hops = directions.length;
    if (hops === 0 || hops > MAX_HOPS) {
      throw new RangeError(`a route of ${hops} hops: expected 1 to ${MAX_HOPS}`);
    }
    const fault = this.gate.enterOwn(directions[0], amountsMsat[0]);
    if (fault !== PASSED) return reasonOf(fault);
    const pool = this.pool, attempt = pool.take(), base = MAX_HOPS * attempt;
    pool.phase[attempt] = PHASE.locking;
    pool.hops[attempt] = hops;
    pool.at[attempt] = 0;
    pool.failedHop[attempt] = -1;
    pool.ownerKind[attempt] = owner.kind;
    pool.owner[attempt] = owner.id;
    pool.key[attempt] = owner.key;
    let expiryMs = nowMs + FINAL_CLTV * BLOCK_MS;
    for (let hop = hops - 1; hop >= 0; hop--) {
      pool.direction[base + hop] = directions[hop];
      pool.amountMsat[base + hop] = amountsMsat[hop];
      pool.expiryMs[base + hop] = expiryMs;
      expiryMs += this.#world.network.cltvDelta[directions[hop]] * BLOCK_MS;
    }
    pool.lockedMs[base] = nowMs;
    this.#queueStep(attempt, nowMs);
    return attempt;
  }

  /** Does what is due for an attempt. What was queued under an older tick means nothing. */
  run(attempt: number, tick: number, nowMs: number): void {
    const pool = this.pool;
    if (pool.tick[attempt] !== tick) return;
    const expired = pool.waitsFor[attempt] !== -1 &&
      nowMs >= pool.expiryMs[MAX_HOPS * attempt + pool.at[attempt]];
    const away = expired ? -1 : this.#awayNode(attempt);
    pool.waitsFor[attempt] = away;
    if (away !== -1) return this.#queue(attempt, this.#expiryMs(attempt));
    if (pool.phase[attempt] === PHASE.locking) {
      if (!expired) return this.#forward(attempt, nowMs);
      this.#startFailing(attempt, pool.at[attempt] + 1, TIMED_OUT);
    }
    this.#resolve(attempt, pool.phase[attempt] === PHASE.settling, nowMs);
  }

  /** The receiver takes what it holds. */
  settle(attempt: number, nowMs: number): void {
    this.#requireHeld(attempt);
    this.pool.phase[attempt] = PHASE.settling;
    this.#queueStep(attempt, nowMs);
  }

  /** The receiver gives back what it holds. */
  fail(attempt: number, reason: FailureReason, nowMs: number): void {
    this.#requireHeld(attempt);
    this.#startFailing(attempt, this.pool.hops[attempt], reasonCode(reason));
    this.#queueStep(attempt, nowMs);
  }

  /** A node is back: what was stuck there goes on. */
  wake(node: number, nowMs: number): void {
    for (const attempt of this.pool.stuckAt(node)) {
      this.pool.waitsFor[attempt] = -1;
      this.#queue(attempt, nowMs);
    }
  }

  /** Whether the receiver has all of an attempt within reach. */
  isHeld(attempt: number): boolean {
    return this.pool.phase[attempt] === PHASE.held;
  }

  /** Why an attempt failed. */
  reason(attempt: number): FailureReason {
    return reasonOf(this.pool.reason[attempt]);
  }

  #requireHeld(attempt: number): void {
    if (!this.isHeld(attempt)) {
      throw new Error(`attempt ${attempt} is in phase ${this.pool.phase[attempt]}, not held`);
    }
  }

  #expiryMs(attempt: number): number {
    return this.pool.expiryMs[MAX_HOPS * attempt + this.pool.at[attempt]];
  }

  /** A node that must be there for the next step and is not; -1 when all are. */
  #awayNode(attempt: number): number {
    const { pool } = this, { network, outages } = this.#world;
    if (!outages.any) return -1;
    const direction = pool.direction[MAX_HOPS * attempt + pool.at[attempt]];
    const far = network.source[direction ^ 1];
    if (outages.isAway(far)) return far;
    const near = network.source[direction];
    return pool.phase[attempt] !== PHASE.locking && outages.isAway(near) ? near : -1;
  }

  /** The far node of the last locked hop passes the HTLC on, keeps it or refuses it. */
  #forward(attempt: number, nowMs: number): void {
    const { pool } = this;
    const { listener } = this.#world;
    const next = pool.at[attempt] + 1, place = MAX_HOPS * attempt + next;
    if (next === pool.hops[attempt]) {
      pool.phase[attempt] = PHASE.held;
      return listener.onHeld(attempt);
    }
    const request = this.#request;
    request.direction = pool.direction[place];
    request.inAmountMsat = pool.amountMsat[place - 1];
    request.outAmountMsat = pool.amountMsat[place];
    request.inExpiryMs = pool.expiryMs[place - 1];
    request.outExpiryMs = pool.expiryMs[place];
    const fault = this.gate.enter(request, nowMs);
    if (fault === PASSED) {
      pool.at[attempt] = next;
      pool.lockedMs[place] = nowMs;
    } else {
      this.#startFailing(attempt, next, fault);
      listener.onForward(attempt, next, "failed_here");
    }
    this.#queueStep(attempt, nowMs);
  }

  #startFailing(attempt: number, failedHop: number, reason: number): void {
    this.pool.phase[attempt] = PHASE.failing;
    this.pool.failedHop[attempt] = failedHop;
    this.pool.reason[attempt] = reason;
  }

  /** Ends the HTLC of the last locked hop. */
  #resolve(attempt: number, settled: boolean, nowMs: number): void {
    const { pool } = this;
    const { listener } = this.#world;
    const hop = pool.at[attempt], place = MAX_HOPS * attempt + hop;
    const direction = pool.direction[place], amountMsat = pool.amountMsat[place];
    this.gate.leave(direction, amountMsat, settled);
    pool.at[attempt] = hop - 1;
    if (hop > 0) {
      if (settled) this.earnedMsat += pool.amountMsat[place - 1] - amountMsat;
      listener.onForward(attempt, hop, settled ? "settled" : "failed_downstream");
      this.#queueStep(attempt, nowMs);
    } else {
      if (settled) this.paidMsat += amountMsat - pool.amountMsat[place + pool.hops[attempt] - 1];
      listener.onEnded(attempt, settled);
      pool.release(attempt);
    }
    const channel = direction >> 1;
    if (this.gate.isClosing(channel) && this.gate.isIdle(channel)) listener.onIdle(channel);
  }

  /** Queues the next step of an attempt, after the time that its message takes. */
  #queueStep(attempt: number, nowMs: number): void {
    const { pool } = this;
    const step = pool.phase[attempt] === PHASE.locking
      ? pool.at[attempt]
      : MAX_HOPS + pool.at[attempt];
    this.#queue(attempt, nowMs + this.#world.latency.stepMs(pool.key[attempt], step));
  }

  #queue(attempt: number, timeMs: number): void {
    const tick = ++this.pool.tick[attempt];
    this.#world.queue.push(timeMs, this.#world.eventKind, attempt, tick);
  }

  /** What is in flight, as plain data. */
  save(): EngineState {
    const { earnedMsat, paidMsat } = this;
    return { pool: this.pool.save(), closing: this.gate.save(), earnedMsat, paidMsat };
  }

  load({ pool, closing, earnedMsat, paidMsat }: EngineState): void {
    this.pool.load(pool);
    this.gate.load(closing, this.pool);
    this.earnedMsat = earnedMsat;
    this.paidMsat = paidMsat;
  }

  /**
   * Counts what is in flight anew from the attempts.
   *
   * @throws {Error} where slots or amounts in flight differ from what was kept, where an HTLC took
   *   a balance below the reserve, or fees were paid that nobody earned
   */
  check(): void {
    checkHtlcs(this, this.#world);
  }
}
