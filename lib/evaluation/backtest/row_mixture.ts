import { type MixedNeed, NeedMixture, type Side, SIDES } from "../../learning/mod.ts";
import {
  type AmountQuantiles,
  channelKey,
  type DemandForecast,
  type FeatureTable,
} from "../../liquidity/mod.ts";

/**
 * A {@linkcode NeedMixture} that goes through the rows of a table in order of time: before a row is
 * forecast, the needs of all windows that had ended by then are learned from, those of later ones never.
 */
export class RowMixture {
  readonly #mixture: NeedMixture;
  /** The next row whose window has not been looked at. */
  #ended = 0;
  readonly #made = new Map<number, Record<Side, MixedNeed>>();

  /** @param table in order of time */
  constructor(readonly table: FeatureTable) {
    this.#mixture = new NeedMixture(table.horizonMs);
  }

  /** @param row no earlier than the one before */
  forecast(row: number, model: DemandForecast): Record<Side, AmountQuantiles> {
    const { timeMs } = this.table;
    this.#learnUntil(timeMs[row]);
    const at = { atMs: timeMs[row], capacitySat: NaN };
    const [outbound, inbound] = SIDES.map((side) =>
      this.#mixture.forecast(this.#place(row, side), model[`${side}Need`], at)
    );
    this.#made.set(row, { outbound, inbound });
    return { outbound: outbound.quantiles, inbound: inbound.quantiles };
  }

  #learnUntil(nowMs: number): void {
    const { table } = this;
    for (; this.#ended < table.rows; this.#ended++) {
      const row = this.#ended;
      const knownMs = table.timeMs[row] + table.horizonMs;
      if (knownMs > nowMs) return;
      const made = this.#made.get(row);
      this.#made.delete(row);
      for (const side of SIDES) {
        const need = table[`${side}NeedSat`][row];
        if (Number.isNaN(need)) continue;
        const place = this.#place(row, side);
        if (made === undefined) this.#mixture.remember(place, need, knownMs);
        else this.#mixture.learn(place, made[side], need, knownMs);
      }
    }
  }

  #place(row: number, side: Side) {
    const { nodes, channelIds } = this.table;
    return { key: channelKey(nodes[row], channelIds[row]), side };
  }
}
