import type { ChannelState, LensEvent } from "../protocol/mod.ts";
import type { DatabaseSync } from "node:sqlite";
import type { ChannelRow } from "./types.ts";

/**
 * The last state of every channel, held in memory. The journal is where states are durable; they
 * are written to their table when events are about to leave the journal.
 */
export class ChannelTable {
  #rows = new Map<string, ChannelRow>();

  constructor(private readonly db: DatabaseSync) {
    for (const row of db.prepare("select time_ms, state from channels").iterate()) {
      this.#put(Number(row.time_ms), JSON.parse(String(row.state)) as ChannelState);
    }
  }

  /** Takes note of the states that an event carries; states older than the known one are ignored. */
  see(event: LensEvent): void {
    if (event.kind === "channel_state") this.#put(event.timeMs, event.channel);
    if (event.kind === "rebalance") {
      for (const channel of event.rebalance.channels) this.#put(event.timeMs, channel);
    }
  }

  all(): ChannelRow[] {
    return [...this.#rows].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row);
  }

  /** Writes all states; to be called in a transaction. */
  save(): void {
    const put = this.db.prepare("insert or replace into channels values (?, ?, ?, ?)");
    for (const { timeMs, channel } of this.#rows.values()) {
      put.run(channel.node, channel.channelId, Math.round(timeMs), JSON.stringify(channel));
    }
  }

  #put(timeMs: number, channel: ChannelState): void {
    const key = `${channel.node}/${channel.channelId}`;
    const known = this.#rows.get(key);
    if (known === undefined || timeMs >= known.timeMs) this.#rows.set(key, { timeMs, channel });
  }
}
