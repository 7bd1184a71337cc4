import type { Balances, Network, Route } from "../../lib/network/mod.ts";
import type { FailureReason } from "../../lib/simulation/mod.ts";
import { BLOCK_MS } from "../../lib/simulation/htlc/hop_gate.ts";

/** What the naive twin is told to do, at a time. */
export type NaiveStep =
  | { timeMs: number; kind: "send"; route: Route; stepMs: (step: number) => number }
  | { timeMs: number; kind: "offline"; node: number; durationMs: number }
  | { timeMs: number; kind: "terms"; change: () => void };

export interface NaiveOutcome {
  endMs: number;
  settled: boolean;
  failedHop?: number;
  reason?: FailureReason;
}

interface NaiveHop {
  direction: number;
  amountMsat: number;
  expiryMs: number;
  locked: boolean;
}

interface NaiveAttempt {
  hops: NaiveHop[];
  stepMs: (step: number) => number;
  going: "out" | "settling" | "failing";
  failedHop?: number;
  reason?: FailureReason;
  outcome?: NaiveOutcome;
  /** Waits until this node is back. */
  waitsFor?: number;
  /** Counts its events; others are stale. */
  events: number;
}

/**
 * HTLCs as one would write them down first: objects, a list of events that is sorted again and
 * again, everything looked up anew. The twin of `HtlcEngine`.
 */
export class NaiveHtlcs {
  readonly own: number[];
  readonly attempts: NaiveAttempt[] = [];
  #events: { timeMs: number; order: number; run: (timeMs: number) => void }[] = [];
  #order = 0;
  readonly #reserveMsat: number[];
  #awayUntil = new Map<number, number>();

  constructor(readonly network: Network, balances: Balances, readonly maxHtlcs: number) {
    this.own = [...balances.balanceMsat];
    this.#reserveMsat = [...balances.reserveMsat];
  }

  run(steps: NaiveStep[]): void {
    for (const step of steps) {
      this.#at(step.timeMs, (now) => {
        if (step.kind === "terms") step.change();
        else if (step.kind === "offline") this.#offline(step.node, now + step.durationMs);
        else this.#send(step.route, step.stepMs, now);
      });
    }
    while (this.#events.length > 0) {
      this.#events.sort((a, b) => a.timeMs - b.timeMs || a.order - b.order);
      const { timeMs, run } = this.#events.shift()!;
      run(timeMs);
    }
  }

  #at(timeMs: number, run: (timeMs: number) => void) {
    this.#events.push({ timeMs, order: this.#order++, run });
  }

  #offline(node: number, untilMs: number) {
    this.#awayUntil.set(node, Math.max(untilMs, this.#awayUntil.get(node) ?? 0));
    this.#at(untilMs, (now) => {
      if ((this.#awayUntil.get(node) ?? Infinity) > now) return;
      this.#awayUntil.delete(node);
      for (const attempt of this.attempts) {
        if (attempt.waitsFor !== node) continue;
        attempt.waitsFor = undefined;
        this.#next(attempt, now);
      }
    });
  }

  #send(
    { directions, amountsMsat }: Route,
    stepMs: (step: number) => number,
    now: number,
  ) {
    const attempt: NaiveAttempt = { hops: [], stepMs, going: "out", events: 0 };
    let expiryMs = now + 40 * BLOCK_MS;
    for (let hop = directions.length - 1; hop >= 0; hop--) {
      attempt.hops[hop] = {
        direction: directions[hop],
        amountMsat: amountsMsat[hop],
        expiryMs,
        locked: false,
      };
      expiryMs += this.network.cltvDelta[directions[hop]] * BLOCK_MS;
    }
    this.attempts.push(attempt);
    const fault = this.#lock(attempt.hops[0]);
    if (fault !== undefined) {
      attempt.outcome = { endMs: now, settled: false, failedHop: 0, reason: fault };
    } else this.#next(attempt, now + stepMs(0));
  }

  #next(attempt: NaiveAttempt, atMs: number) {
    const event = ++attempt.events;
    this.#at(atMs, (now) => {
      if (attempt.events === event) this.#go(attempt, now);
    });
  }

  #go(attempt: NaiveAttempt, now: number) {
    const at = attempt.hops.filter(({ locked }) => locked).length - 1;
    const hop = attempt.hops[at];
    const near = this.network.source[hop.direction], far = this.network.source[hop.direction ^ 1];
    const expired = attempt.waitsFor !== undefined && now >= hop.expiryMs;
    const needed = attempt.going === "out" ? [far] : [far, near];
    const away = needed.find((node) => this.#awayUntil.has(node));
    if (!expired && away !== undefined) {
      attempt.waitsFor = away;
      return this.#next(attempt, hop.expiryMs);
    }
    attempt.waitsFor = undefined;
    if (attempt.going === "out" && expired) this.#turn(attempt, at + 1, "htlc_timed_out");
    else if (attempt.going === "out") {
      if (at === attempt.hops.length - 1) attempt.going = "settling";
      else {
        const fault = this.#refusal(hop, attempt.hops[at + 1], now) ??
          this.#lock(attempt.hops[at + 1]);
        if (fault === undefined) {
          return this.#next(attempt, now + attempt.stepMs(at + 1));
        }
        this.#turn(attempt, at + 1, fault);
      }
      return this.#next(attempt, now + attempt.stepMs(20 + at));
    }
    hop.locked = false;
    this.own[attempt.going === "settling" ? hop.direction ^ 1 : hop.direction] += hop.amountMsat;
    if (at > 0) return this.#next(attempt, now + attempt.stepMs(20 + at - 1));
    const { failedHop, reason } = attempt;
    attempt.outcome = attempt.going === "settling"
      ? { endMs: now, settled: true }
      : { endMs: now, settled: false, failedHop, reason };
  }

  #turn(attempt: NaiveAttempt, failedHop: number, reason: FailureReason) {
    attempt.going = "failing";
    attempt.failedHop = failedHop;
    attempt.reason = reason;
  }

  #refusal(before: NaiveHop, hop: NaiveHop, now: number): FailureReason | undefined {
    const policy = this.network.policy(hop.direction);
    if (policy === undefined) return "channel_disabled";
    if (hop.amountMsat < policy.minHtlcMsat) return "amount_below_minimum";
    if (hop.amountMsat > policy.maxHtlcMsat) return "amount_above_maximum";
    const fee = policy.baseFeeMsat + Math.floor(hop.amountMsat * policy.feeRatePpm / 1e6);
    if (before.amountMsat < hop.amountMsat + fee) return "fee_insufficient";
    if (before.expiryMs < hop.expiryMs + policy.cltvDelta * BLOCK_MS) {
      return "incorrect_cltv_expiry";
    }
    return hop.expiryMs <= now ? "expiry_too_soon" : undefined;
  }

  #lock(hop: NaiveHop): FailureReason | undefined {
    const { network } = this;
    const locked = this.attempts.flatMap(({ hops }) =>
      hops.filter((other) => other.locked && other.direction === hop.direction)
    );
    if (network.disabled[hop.direction] === 1) return "channel_disabled";
    if (this.#awayUntil.has(network.source[hop.direction ^ 1])) return "peer_offline";
    const free = this.own[hop.direction] - this.#reserveMsat[hop.direction >> 1];
    if (hop.amountMsat > free) return "insufficient_balance";
    if (locked.length >= this.maxHtlcs) return "too_many_htlcs";
    this.own[hop.direction] -= hop.amountMsat;
    hop.locked = true;
    return undefined;
  }
}
