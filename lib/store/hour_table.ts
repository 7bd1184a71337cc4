import { HOUR_MS } from "../core/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";
import type { DatabaseSync } from "node:sqlite";
import type { HourQuery, HourRow } from "./types.ts";

/** Sums of an {@linkcode HourRow}, in the order of the table's columns. */
const SUMS = [
  "outCount",
  "inCount",
  "failedCount",
  "outMsat",
  "inMsat",
  "feesMsat",
  "rebalancedMsat",
  "rebalanceCostMsat",
] as const satisfies readonly (keyof HourRow)[];

/**
 * What moved through each channel in each hour. What failed counts with the channel where it was
 * to go out, a rebalance with the channel where it came back.
 */
export function hourRows(events: readonly LensEvent[]): HourRow[] {
  const rows = new Map<string, HourRow>();
  const row = (timeMs: number, node: string, channelId: string): HourRow => {
    const hourMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
    const key = `${hourMs}/${node}/${channelId}`;
    let found = rows.get(key);
    if (found === undefined) rows.set(key, found = emptyHour(hourMs, node, channelId));
    return found;
  };
  for (const { timeMs, ...event } of events) {
    if (event.kind === "forward") {
      const { forward } = event;
      const out = row(timeMs, forward.node, forward.outChannel);
      if (forward.outcome !== "settled") {
        out.failedCount++;
        continue;
      }
      out.outCount++;
      out.outMsat += forward.outAmountMsat;
      out.feesMsat += forward.inAmountMsat - forward.outAmountMsat;
      const into = row(timeMs, forward.node, forward.inChannel);
      into.inCount++;
      into.inMsat += forward.inAmountMsat;
    }
    if (event.kind === "rebalance" && event.rebalance.status === "applied") {
      const { node, targetChannel, amountMsat, feeMsat } = event.rebalance;
      const target = row(timeMs, node, targetChannel);
      target.rebalancedMsat += amountMsat;
      target.rebalanceCostMsat += feeMsat;
    }
  }
  return [...rows.values()];
}

function emptyHour(hourMs: number, node: string, channelId: string): HourRow {
  const sums = Object.fromEntries(SUMS.map((name) => [name, 0])) as Record<
    (typeof SUMS)[number],
    number
  >;
  return { hourMs, node, channelId, ...sums };
}

/** The table of hours whose events have left the journal. */
export class HourTable {
  constructor(private readonly db: DatabaseSync) {}

  /** Adds to what is there; to be called in a transaction. */
  add(rows: readonly HourRow[]): void {
    const columns = SUMS.map(snake);
    const put = this.db.prepare(
      `insert into hours (hour_ms, node, channel_id, ${columns.join(", ")})
       values (?, ?, ?, ${columns.map(() => "?").join(", ")})
       on conflict do update set ${columns.map((c) => `${c} = ${c} + excluded.${c}`).join(", ")}`,
    );
    for (const row of rows) {
      put.run(row.hourMs, row.node, row.channelId, ...SUMS.map((name) => row[name]));
    }
  }

  /** Oldest first, then by node and channel. */
  list({ fromMs, node, limit, offset }: HourQuery): HourRow[] {
    const rows = this.db.prepare(
      `select hour_ms hourMs, node, channel_id channelId,
         ${SUMS.map((name) => `${snake(name)} ${name}`).join(", ")}
       from hours where hour_ms >= ?1 and (?2 is null or node = ?2)
       order by hour_ms, node, channel_id limit ?3 offset ?4`,
    ).all(fromMs, node ?? null, limit, offset);
    return rows.map((row) => ({ ...row })) as unknown as HourRow[];
  }
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
