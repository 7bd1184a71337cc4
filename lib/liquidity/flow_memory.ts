import { DAY_MS, HOUR_MS } from "../core/mod.ts";

/** Half-lives of the decayed sums, shortest first. */
export const HALF_LIVES_MS = [
  HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
  3 * DAY_MS,
  7 * DAY_MS,
  28 * DAY_MS,
] as const;

/** Names of the half-lives as they stand in feature names. */
export const HALF_LIFE_NAMES = ["1h", "6h", "24h", "72h", "7d", "28d"] as const;

/** What is summed, each with every half-life. Amounts in sat. */
export const FLOW_FIELDS = [
  "outSat",
  "inSat",
  "outCount",
  "inCount",
  "unservedSat",
  "unservedCount",
  /** Sum of squared amounts, sat²: the variance of the net flow of independent attempts. */
  "squareSat",
  "feeMsat",
] as const;
export type FlowField = (typeof FLOW_FIELDS)[number];

const FIELDS = FLOW_FIELDS.length;
const FIELD_INDEX = Object.fromEntries(FLOW_FIELDS.map((name, i) => [name, i])) as Record<
  FlowField,
  number
>;

/** One attempt as the memory takes it. */
export interface Flow {
  direction: "out" | "in";
  amountSat: number;
  feeMsat: number;
  served: boolean;
}

/**
 * Exponentially decayed sums of flows: O(1) an event and a reading, whatever the history. An event
 * older than the newest one is entered with the weight it would have by now, so the order of
 * arrival does not matter.
 */
export class FlowMemory {
  #sums = new Float64Array(HALF_LIVES_MS.length * FIELDS);
  #timeMs = -Infinity;

  /** Enters one attempt at a time. */
  add(timeMs: number, flow: Flow): void {
    if (timeMs > this.#timeMs) {
      this.#decayTo(timeMs);
    }
    const late = this.#timeMs - timeMs;
    for (let h = 0; h < HALF_LIVES_MS.length; h++) {
      const weight = late === 0 ? 1 : decay(late, h);
      const at = h * FIELDS;
      const out = flow.direction === "out";
      this.#sums[at + (out ? 0 : 1)] += weight * flow.amountSat;
      this.#sums[at + (out ? 2 : 3)] += weight;
      if (!flow.served) {
        this.#sums[at + 4] += weight * flow.amountSat;
        this.#sums[at + 5] += weight;
      }
      this.#sums[at + 6] += weight * flow.amountSat * flow.amountSat;
      this.#sums[at + 7] += weight * flow.feeMsat;
    }
  }

  #decayTo(timeMs: number): void {
    const passed = timeMs - this.#timeMs;
    this.#timeMs = timeMs;
    if (passed === Infinity) return;
    for (let h = 0; h < HALF_LIVES_MS.length; h++) {
      const factor = decay(passed, h);
      for (let f = 0; f < FIELDS; f++) this.#sums[h * FIELDS + f] *= factor;
    }
  }

  /** A decayed sum as of a time; times before the newest event read as of that event. */
  sum(field: FlowField, halfLife: number, timeMs: number): number {
    const value = this.#sums[halfLife * FIELDS + FIELD_INDEX[field]];
    const passed = timeMs - this.#timeMs;
    return passed > 0 && value !== 0 ? value * decay(passed, halfLife) : value;
  }

  /**
   * What turns sums as they are kept into rates a day: decays them to `timeMs` and divides by the
   * decayed length of the time observed, so that a short history is not read as a small flow.
   *
   * @param observedMs how long flows would have been seen, 0 or more
   */
  dailyScale(halfLife: number, timeMs: number, observedMs: number): number {
    const passed = timeMs - this.#timeMs;
    const kept = passed > 0 && passed < Infinity ? decay(passed, halfLife) : 1;
    return kept / decayedDays(halfLife, observedMs);
  }

  /** A sum as a rate a day; see {@linkcode FlowMemory.dailyScale}. */
  ratePerDay(field: FlowField, halfLife: number, timeMs: number, observedMs: number): number {
    return this.kept(field, halfLife) * this.dailyScale(halfLife, timeMs, observedMs);
  }

  /** A sum as it is kept: as of the newest event. */
  kept(field: FlowField, halfLife: number): number {
    return this.#sums[halfLife * FIELDS + FIELD_INDEX[field]];
  }
}

const DECAY_RATES = HALF_LIVES_MS.map((ms) => Math.LN2 / ms);

/** What is left of 1 after a time. */
function decay(passedMs: number, halfLife: number): number {
  return Math.exp(-passedMs * DECAY_RATES[halfLife]);
}

/** Days that a decayed sum stands for after observing for `observedMs` (at least one hour). */
export function decayedDays(halfLife: number, observedMs: number): number {
  const halfLifeMs = HALF_LIVES_MS[halfLife];
  const seen = 1 - decay(Math.max(HOUR_MS, observedMs), halfLife);
  return (halfLifeMs / Math.LN2) * seen / DAY_MS;
}
