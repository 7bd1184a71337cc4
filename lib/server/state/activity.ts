import { DAY_MS, HOUR_MS } from "../../core/mod.ts";
import type { Forward, LensEvent } from "../../protocol/mod.ts";
import type { HourRow } from "../../store/mod.ts";

/** How far back is counted, in the events' own time. */
export const ACTIVITY_DAYS = 31;

/** Sums of one hour over all channels of a node. */
export interface HourSums {
  settled: number;
  /** Forwards that failed, wherever; and those among them that an own channel lacked balance for. */
  failed: number;
  lacked: number;
  outMsat: number;
  feesMsat: number;
  rebalances: number;
  rebalanceCostMsat: number;
}

/** What passed from one channel of a node to another. */
export interface PairFlow {
  node: string;
  inChannel: string;
  outChannel: string;
  count: number;
  amountMsat: number;
  feesMsat: number;
}

/** Failures of a channel for lack of balance. */
export interface Shortage {
  count: number;
  amountMsat: number;
}

interface Day {
  pairs: Map<string, PairFlow>;
  shortages: Map<string, Shortage>;
}

const NOTHING: HourSums = {
  settled: 0,
  failed: 0,
  lacked: 0,
  outMsat: 0,
  feesMsat: 0,
  rebalances: 0,
  rebalanceCostMsat: 0,
};

/** True for demand that the outgoing channel had no balance for. */
export function lackedBalance({ outcome, failureReason }: Forward): boolean {
  return outcome === "failed_here" && failureReason === "insufficient_balance";
}

/**
 * What happened in the last {@linkcode ACTIVITY_DAYS} days: sums by node and hour, flows by pair of
 * channels and day. O(1) per event; its size follows the pairs in use, not the number of forwards.
 */
export class Activity {
  /** By node, then by start of the hour. */
  readonly #hours = new Map<string, Map<number, HourSums>>();
  readonly #days = new Map<number, Day>();
  #nowMs = -Infinity;

  see(event: LensEvent): void {
    if (event.kind === "forward") this.#forward(event.timeMs, event.forward);
    if (event.kind === "rebalance" && event.rebalance.status === "applied") {
      const sums = this.#hour(event.rebalance.node, event.timeMs);
      sums.rebalances++;
      sums.rebalanceCostMsat += event.rebalance.feeMsat;
    }
  }

  /** Adds hours whose events have left the journal. */
  addHours(rows: readonly HourRow[]): void {
    for (const row of rows) {
      const sums = this.#hour(row.node, row.hourMs);
      sums.settled += row.outCount;
      sums.failed += row.failedCount;
      sums.outMsat += row.outMsat;
      sums.feesMsat += row.feesMsat;
      sums.rebalanceCostMsat += row.rebalanceCostMsat;
    }
  }

  /** Sums by hour, oldest first; of one node, or of all together. */
  hours(node?: string): [hourMs: number, sums: HourSums][] {
    const all = new Map<number, HourSums>();
    for (const [owner, hours] of this.#hours) {
      if (node !== undefined && owner !== node) continue;
      for (const [hourMs, sums] of hours) {
        const total = all.get(hourMs);
        if (total === undefined) all.set(hourMs, { ...sums });
        else for (const name of Object.keys(sums) as (keyof HourSums)[]) total[name] += sums[name];
      }
    }
    return [...all].sort(([a], [b]) => a - b);
  }

  /** What passed between channels on the last so many days, the largest amounts first. */
  flows(days: number, node?: string): PairFlow[] {
    const sums = new Map<string, PairFlow>();
    for (const { pairs } of this.#since(days)) {
      for (const [key, flow] of pairs) {
        if (node !== undefined && flow.node !== node) continue;
        const sum = sums.get(key);
        if (sum === undefined) sums.set(key, { ...flow });
        else addFlow(sum, flow);
      }
    }
    return [...sums.values()].sort((a, b) =>
      b.amountMsat - a.amountMsat || (a.outChannel < b.outChannel ? -1 : 1)
    );
  }

  /** Forwards of the last so many days that a channel, by its key, lacked balance for. */
  shortage(channelKey: string, days: number): Shortage {
    const sum = { count: 0, amountMsat: 0 };
    for (const { shortages } of this.#since(days)) {
      const day = shortages.get(channelKey);
      sum.count += day?.count ?? 0;
      sum.amountMsat += day?.amountMsat ?? 0;
    }
    return sum;
  }

  #forward(timeMs: number, forward: Forward): void {
    const { node, inChannel, outChannel, inAmountMsat, outAmountMsat } = forward;
    const sums = this.#hour(node, timeMs);
    const day = this.#day(timeMs);
    if (forward.outcome !== "settled") {
      sums.failed++;
      if (!lackedBalance(forward)) return;
      sums.lacked++;
      const key = `${node}/${outChannel}`;
      const { count, amountMsat } = day.shortages.get(key) ?? { count: 0, amountMsat: 0 };
      day.shortages.set(key, { count: count + 1, amountMsat: amountMsat + outAmountMsat });
      return;
    }
    const feesMsat = inAmountMsat - outAmountMsat;
    sums.settled++;
    sums.outMsat += outAmountMsat;
    sums.feesMsat += feesMsat;
    const key = `${node}/${inChannel}/${outChannel}`;
    const flow = { node, inChannel, outChannel, count: 1, amountMsat: outAmountMsat, feesMsat };
    const known = day.pairs.get(key);
    if (known === undefined) day.pairs.set(key, flow);
    else addFlow(known, flow);
  }

  #hour(node: string, timeMs: number): HourSums {
    let hours = this.#hours.get(node);
    if (hours === undefined) this.#hours.set(node, hours = new Map());
    const hourMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
    let sums = hours.get(hourMs);
    if (sums === undefined) {
      hours.set(hourMs, sums = { ...NOTHING });
      this.#forget(timeMs);
    }
    return sums;
  }

  #day(timeMs: number): Day {
    const dayMs = Math.floor(timeMs / DAY_MS) * DAY_MS;
    let day = this.#days.get(dayMs);
    if (day === undefined) {
      this.#days.set(dayMs, day = { pairs: new Map(), shortages: new Map() });
    }
    return day;
  }

  *#since(days: number): Iterable<Day> {
    for (const [dayMs, day] of this.#days) {
      if (dayMs > this.#nowMs - days * DAY_MS) yield day;
    }
  }

  #forget(timeMs: number): void {
    if (timeMs <= this.#nowMs) return;
    this.#nowMs = timeMs;
    const beforeMs = timeMs - ACTIVITY_DAYS * DAY_MS;
    for (const hours of this.#hours.values()) {
      for (const hourMs of hours.keys()) if (hourMs < beforeMs) hours.delete(hourMs);
    }
    for (const dayMs of this.#days.keys()) if (dayMs < beforeMs) this.#days.delete(dayMs);
  }
}

function addFlow(sum: PairFlow, more: PairFlow): void {
  sum.count += more.count;
  sum.amountMsat += more.amountMsat;
  sum.feesMsat += more.feesMsat;
}
