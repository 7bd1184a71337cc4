import assert from "node:assert/strict";
import { HOUR_MS } from "../../lib/core/mod.ts";
import { challenge, type Forecaster } from "../../lib/learning/mod.ts";
import { FEATURE_NAMES } from "../../lib/liquidity/mod.ts";
import { plantedTable } from "../server/planted_table.ts";

/** Says the same for every row. */
function constant(id: string, sat: number): Forecaster {
  return {
    id,
    horizonMs: 24 * HOUR_MS,
    predict: ({ rows }) =>
      Array.from({ length: rows }, () => ({
        horizonMs: 24 * HOUR_MS,
        outboundNeed: { sat: [sat, sat, sat, sat, sat] },
        inboundNeed: { sat: [sat, sat, sat, sat, sat] },
        feesAtStakeMsat: 0,
      })),
  };
}

Deno.test("challenge prefers the forecaster with the lower loss, and no one over itself", () => {
  const table = plantedTable({ days: 2 });
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const near = constant("near", 300_000), far = constant("far", 4_000_000);
  const won = challenge(table, rows, { challenger: near, champion: far });
  assert.ok(won.better && won.gain > 0.5 && won.typicalLow > 0.5, won.reason);
  const lost = challenge(table, rows, { challenger: far, champion: near });
  assert.ok(!lost.better && lost.gain < 0);
  assert.match(lost.reason, /higher loss than near .* not enough to replace it/);
  assert.ok(!challenge(table, rows, { challenger: near, champion: near }).better);
});

Deno.test("challenge wants more than one lucky channel", () => {
  const table = plantedTable({ days: 2 });
  const width = FEATURE_NAMES.length;
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  for (const row of rows) {
    const lucky = row % 24 === 0;
    table.x[row * width] = lucky ? 6_000_000 : 5_000_000;
    table.outboundNeedSat[row] = table.inboundNeedSat[row] = lucky ? 900_000 : 300_000;
  }
  // Right on one channel, where it pays, and a little further off on all others.
  const champion = constant("plain", 300_000);
  const lucky: Forecaster = {
    ...constant("lucky", 0),
    predict: (vectors, capacities) => {
      const [low] = constant("", 301_000).predict(vectors, capacities);
      const [high] = constant("", 900_000).predict(vectors, capacities);
      return Array.from(capacities, (capacity) => capacity > 5_500_000 ? high : low);
    },
  };
  const { better, gain, typicalLow } = challenge(table, rows, { challenger: lucky, champion });
  assert.ok(gain > 0.5 && typicalLow < 0 && !better, `${gain} ${typicalLow}`);
});
