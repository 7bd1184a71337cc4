import { DAY_MS, HOUR_MS } from "../../core/mod.ts";
import type { LensEvent } from "../../protocol/mod.ts";
import { channelKey } from "../../liquidity/mod.ts";

/** How far back trails go, in the events' own time. */
export const TRAIL_MS = 7 * DAY_MS;

/** A channel at the end of an hour, and what had been forecast by then. */
export interface TrailPoint {
  hourMs: number;
  /** Local balance as it was last seen in the hour; NaN where it was not. */
  localSat: number;
  /** The optimal interval as ratios of the capacity; NaN where there was no forecast. */
  lowRatio: number;
  highRatio: number;
}

/** By channel and hour what the balance was and what was forecast, a week back. */
export class ChannelTrails {
  readonly #trails = new Map<string, TrailPoint[]>();

  see(event: LensEvent): void {
    if (event.kind === "channel_state") {
      const { node, channelId, localBalanceSat } = event.channel;
      this.#put(channelKey(node, channelId), event.timeMs, { localSat: localBalanceSat });
    }
    if (event.kind === "rebalance") {
      for (const { node, channelId, localBalanceSat } of event.rebalance.channels) {
        this.#put(channelKey(node, channelId), event.timeMs, { localSat: localBalanceSat });
      }
    }
  }

  /** Notes an optimal interval that was forecast. */
  forecast(key: string, timeMs: number, interval: { lowRatio: number; highRatio: number }): void {
    const { lowRatio, highRatio } = interval;
    this.#put(key, timeMs, { lowRatio, highRatio });
  }

  /** A channel's points, oldest first. */
  of(key: string): readonly TrailPoint[] {
    return this.#trails.get(key) ?? [];
  }

  #put(key: string, timeMs: number, part: Partial<TrailPoint>): void {
    const hourMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
    let trail = this.#trails.get(key);
    if (trail === undefined) this.#trails.set(key, trail = []);
    let at = trail.length;
    while (at > 0 && trail[at - 1].hourMs > hourMs) at--;
    const known = trail[at - 1];
    if (known?.hourMs === hourMs) Object.assign(known, part);
    else trail.splice(at, 0, { hourMs, localSat: NaN, lowRatio: NaN, highRatio: NaN, ...part });
    while (trail[0].hourMs < trail[trail.length - 1].hourMs - TRAIL_MS) trail.shift();
  }
}
