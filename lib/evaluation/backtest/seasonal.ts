import { DAY_MS, HOUR_MS } from "../../core/mod.ts";
import type { FeatureTable } from "../../liquidity/mod.ts";
import { rowsByChannel } from "./history.ts";

/** Hours of the week that share a mean. */
const SLOT_HOURS = 4;
/** After this time a week counts half. */
const HALF_LIFE_MS = 60 * DAY_MS;

/**
 * The seasonal mean: for each row the mean of the channel's needs in earlier windows that began in
 * the same hours of the week, recent weeks weighing more. Only windows that had ended by then.
 *
 * @param need sat by row; NaN where unknown
 * @returns sat by row, 0 where there is no earlier one
 */
export function seasonalMeans(table: FeatureTable, need: Float64Array): Float64Array {
  const means = new Float64Array(table.rows);
  for (const rows of rowsByChannel(table).values()) {
    const slots = new Map<number, { sum: number; weight: number; timeMs: number }>();
    let ended = 0;
    for (const row of rows) {
      const nowMs = table.timeMs[row];
      for (; ended < rows.length; ended++) {
        const past = rows[ended];
        const pastMs = table.timeMs[past];
        if (pastMs + table.horizonMs > nowMs) break;
        if (Number.isNaN(need[past])) continue;
        const slot = slotOf(pastMs);
        const old = slots.get(slot) ?? { sum: 0, weight: 0, timeMs: pastMs };
        const keep = 0.5 ** ((pastMs - old.timeMs) / HALF_LIFE_MS);
        slots.set(slot, {
          sum: old.sum * keep + need[past],
          weight: old.weight * keep + 1,
          timeMs: pastMs,
        });
      }
      const found = slots.get(slotOf(nowMs));
      if (found !== undefined) means[row] = found.sum / found.weight;
    }
  }
  return means;
}

function slotOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS / SLOT_HOURS) % (7 * 24 / SLOT_HOURS);
}
