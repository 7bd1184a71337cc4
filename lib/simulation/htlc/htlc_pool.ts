import { grown } from "../../core/mod.ts";

/** Channels in a route at most, as BOLT 4's onion has it. */
export const MAX_HOPS = 20;
const FIRST_ROOM = 64;

/** What an attempt is doing. */
export const PHASE = { free: 0, locking: 1, held: 2, settling: 3, failing: 4 } as const;

/** Numbers of an attempt, and of each of its hops. */
const BY_ATTEMPT = [
  "phase",
  "hops",
  "at",
  "failedHop",
  "reason",
  "ownerKind",
  "owner",
  "key",
  "tick",
  "waitsFor",
  "serial",
] as const;
const BY_HOP = ["direction", "amountMsat", "expiryMs", "lockedMs"] as const;

/** All attempts of a pool as plain data: columns of numbers, and the numbers that are free. */
export interface PoolState {
  room: number;
  nextSerial: number;
  free: number[];
  columns: Record<string, number[]>;
}

/**
 * Attempts in flight, in flat arrays: an attempt is a number, its hop `h` stands at
 * `MAX_HOPS * attempt + h`. The numbers of attempts that ended are used again.
 */
export class HtlcPool {
  /** See {@linkcode PHASE}. */
  phase = new Int32Array(0);
  hops = new Int32Array(0);
  /** The last hop that is locked and not resolved; -1 when none is left. */
  at = new Int32Array(0);
  /** The hop that could not be locked; `hops` where the receiver failed it. */
  failedHop = new Int32Array(0);
  /** Number of the reason. */
  reason = new Int32Array(0);
  /** Whose attempt it is. */
  ownerKind = new Int32Array(0);
  owner = new Int32Array(0);
  /** Its luck with latencies. */
  key = new Int32Array(0);
  /** Counts what was queued for it: events of an older count mean nothing. */
  tick = new Int32Array(0);
  /** The node that it is stuck at; -1 for none. */
  waitsFor = new Int32Array(0);
  /** Counts attempts: the older one has the lower number. */
  serial = new Int32Array(0);
  direction = new Int32Array(0);
  amountMsat = new Float64Array(0);
  expiryMs = new Float64Array(0);
  lockedMs = new Float64Array(0);
  #free: number[] = [];
  #room = 0;
  #nextSerial = 0;

  /** Numbers that attempts have or had; those in phase `free` are none. */
  get room(): number {
    return this.#room;
  }

  /** Attempts in flight. */
  get size(): number {
    return this.#room - this.#free.length;
  }

  /** Takes a free number for an attempt that waits for nobody. */
  take(): number {
    if (this.#free.length === 0) this.#grow(Math.max(FIRST_ROOM, 2 * this.#room));
    const attempt = this.#free.pop()!;
    this.serial[attempt] = this.#nextSerial++;
    this.waitsFor[attempt] = -1;
    return attempt;
  }

  /** Attempts that are stuck at a node, oldest first. */
  stuckAt(node: number): number[] {
    const stuck: number[] = [];
    for (let attempt = 0; attempt < this.#room; attempt++) {
      if (this.phase[attempt] !== PHASE.free && this.waitsFor[attempt] === node) {
        stuck.push(attempt);
      }
    }
    return stuck.sort((a, b) => this.serial[a] - this.serial[b]);
  }

  release(attempt: number): void {
    this.phase[attempt] = PHASE.free;
    this.tick[attempt]++;
    this.#free.push(attempt);
  }

  /** Calls `visit` with the place of every hop that is locked. */
  forEachLocked(visit: (place: number) => void): void {
    for (let attempt = 0; attempt < this.#room; attempt++) {
      if (this.phase[attempt] === PHASE.free) continue;
      for (let hop = 0; hop <= this.at[attempt]; hop++) visit(MAX_HOPS * attempt + hop);
    }
  }

  #grow(room: number): void {
    for (const name of BY_ATTEMPT) this[name] = grown(this[name], new Int32Array(room));
    this.direction = grown(this.direction, new Int32Array(MAX_HOPS * room));
    this.amountMsat = grown(this.amountMsat, new Float64Array(MAX_HOPS * room));
    this.expiryMs = grown(this.expiryMs, new Float64Array(MAX_HOPS * room));
    this.lockedMs = grown(this.lockedMs, new Float64Array(MAX_HOPS * room));
    // The lowest number is taken first.
    for (let attempt = room - 1; attempt >= this.#room; attempt--) this.#free.push(attempt);
    this.#room = room;
  }

  save(): PoolState {
    const columns: Record<string, number[]> = {};
    for (const name of [...BY_ATTEMPT, ...BY_HOP]) columns[name] = [...this[name]];
    return { room: this.#room, nextSerial: this.#nextSerial, free: [...this.#free], columns };
  }

  load({ room, nextSerial, free, columns }: PoolState): void {
    this.#room = 0;
    for (const name of BY_ATTEMPT) this[name] = new Int32Array(0);
    this.direction = new Int32Array(0);
    for (const name of ["amountMsat", "expiryMs", "lockedMs"] as const) {
      this[name] = new Float64Array(0);
    }
    this.#grow(room);
    this.#free = [...free];
    this.#nextSerial = nextSerial;
    for (const name of [...BY_ATTEMPT, ...BY_HOP]) this[name].set(columns[name]);
  }
}
