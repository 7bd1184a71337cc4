import { HOUR_MS } from "../core/mod.ts";

/** Hours that are remembered: a week, and the hour under way. */
export const RING_HOURS = 7 * 24 + 1;

/** Needs of a past window, sat, and the fees of what was attempted, msat. */
export interface PastNeeds {
  outboundSat: number;
  inboundSat: number;
  feesMsat: number;
}

/**
 * The path of a channel's net flow over the last week in hourly segments: for each its net
 * outflow and how deep it went either way. From these the needs of any window of whole hours
 * follow exactly, without the events. O(1) an event, O(hours) a reading.
 */
export class HourRing {
  // Per hour: net outflow, deepest net outflow, deepest net inflow (sat), fees (msat).
  #segments = new Float32Array(RING_HOURS * 4);
  /** Number of the newest hour since 1970. */
  #hour = -Infinity;

  /** Enters a flow: sat out of (positive) or into (negative) the channel. */
  add(timeMs: number, netOutSat: number, feeMsat: number): void {
    const hour = Math.floor(timeMs / HOUR_MS);
    if (hour > this.#hour) this.#clearUpTo(hour);
    if (hour <= this.#hour - RING_HOURS) return;
    const at = slot(hour) * 4;
    const s = this.#segments;
    s[at] += netOutSat;
    s[at + 1] = Math.max(s[at + 1], s[at]);
    s[at + 2] = Math.max(s[at + 2], -s[at]);
    s[at + 3] += feeMsat;
  }

  #clearUpTo(hour: number): void {
    const from = Math.max(this.#hour + 1, hour - RING_HOURS + 1);
    for (let h = from; h <= hour; h++) this.#segments.fill(0, slot(h) * 4, slot(h) * 4 + 4);
    this.#hour = hour;
  }

  /**
   * Needs of the window that holds the hour of `timeMs`, as far as it has passed, and the `hours`
   * before it, skipping the newest `skip` hours (the one under way among them).
   *
   * @param hours 1 to {@linkcode RING_HOURS}
   */
  needs(timeMs: number, hours: number, skip = 0): PastNeeds {
    const newest = Math.floor(timeMs / HOUR_MS) - skip;
    const oldest = newest - (skip === 0 ? hours : hours - 1);
    let outboundSat = 0;
    let inboundSat = 0;
    let feesMsat = 0;
    // From the newest hour back: what came before moves the start of what was folded so far.
    for (let hour = newest; hour >= oldest; hour--) {
      if (hour > this.#hour || hour <= this.#hour - RING_HOURS) continue;
      const at = slot(hour) * 4;
      const net = this.#segments[at];
      outboundSat = Math.max(this.#segments[at + 1], net + outboundSat);
      inboundSat = Math.max(this.#segments[at + 2], inboundSat - net);
      feesMsat += this.#segments[at + 3];
    }
    return { outboundSat, inboundSat, feesMsat };
  }
}

function slot(hour: number): number {
  return ((hour % RING_HOURS) + RING_HOURS) % RING_HOURS;
}
