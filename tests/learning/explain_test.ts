import assert from "node:assert/strict";
import { attributeRow } from "../../lib/gbt/mod.ts";
import {
  explainNeed,
  featuresWithoutWords,
  featureWords,
  trainForecastModel,
} from "../../lib/learning/mod.ts";
import { FEATURE_NAMES } from "../../lib/liquidity/mod.ts";
import { QUICK, syntheticTable } from "./learned.ts";

const table = { ...syntheticTable({ nodes: 3, days: 8 }), further: [] };
const { model } = trainForecastModel(table, { ...QUICK, scale: "relative" });
const vectorOf = (row: number) =>
  table.x.subarray(row * FEATURE_NAMES.length, (row + 1) * FEATURE_NAMES.length);

Deno.test("featureWords every feature has words, with its unit", () => {
  assert.deepEqual(featuresWithoutWords(), []);
  assert.equal(featureWords("out_sat_72h").words, "the outflow of the last 3 days");
  assert.equal(featureWords("out_sat_72h").value(1_200_000), "1.2 M sat a day");
});

Deno.test("explainNeed tells the three strongest attributions, in satoshis and words", () => {
  let told = 0;
  for (let row = 0; row < table.rows; row += 97) {
    for (const side of ["outbound", "inbound"] as const) {
      const reasons = explainNeed(model, side, vectorOf(row));
      assert.ok(reasons.length <= 3);
      reasons.forEach((reason, i) => {
        told++;
        const before = reasons[i - 1]?.effectSat ?? Infinity;
        assert.ok(Math.abs(reason.effectSat) <= Math.abs(before));
        assert.match(reason.text, reason.effectSat > 0 ? / raises the / : / lowers the /);
        assert.ok(reason.text.startsWith(featureWords(reason.feature).words));
      });
    }
  }
  assert.ok(told > 100, `${told} reasons`);
});

Deno.test("explainNeed effects are the attributions times what the row is measured by", () => {
  const row = vectorOf(table.rows >> 1);
  const booster = model.parts.outbound.boosters[3];
  const { features } = attributeRow(booster, row);
  const [first, second] = explainNeed(model, "outbound", row);
  const column = (name: string) => FEATURE_NAMES.indexOf(name);
  const ratio = features[column(first.feature)] / features[column(second.feature)];
  assert.ok(Math.abs(first.effectSat / second.effectSat - ratio) < 1e-9 * Math.abs(ratio));
});
