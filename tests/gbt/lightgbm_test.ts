import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../lib/core/mod.ts";
import { Booster, importLightGbm, matrixFromRows } from "../../lib/gbt/mod.ts";
import { nextAbove } from "../../lib/gbt/lightgbm_nodes.ts";

interface Golden {
  rows: (number | null)[][];
  models: { objective: string; text: string; dump: string; predictions: number[] }[];
}
const golden: Golden = JSON.parse(
  await Deno.readTextFile(new URL("../golden/lightgbm_models.json", import.meta.url)),
);
const x = matrixFromRows(golden.rows.map((row) => row.map((value) => value ?? NaN)));

Deno.test("importLightGbm predicts what LightGBM predicts, from text and from JSON", () => {
  assert.ok(golden.models.length >= 9);
  for (const { objective, text, dump, predictions } of golden.models) {
    for (const source of [text, dump]) {
      const booster = importLightGbm(source);
      assert.deepEqual(booster.featureNames, ["a", "b", "c", "d"]);
      booster.predict(x).forEach((value, r) => {
        assert.ok(Math.abs(value - predictions[r]) < 1e-12, `${objective} row ${r}: ${value}`);
      });
      const back = Booster.fromJSON(JSON.parse(JSON.stringify(booster)));
      assert.deepEqual(back.predict(x), booster.predict(x));
    }
  }
});

Deno.test("importLightGbm refuses what is cut off, damaged or has no counterpart", () => {
  const { text, dump } = golden.models[0];
  const cases: [RegExp, string][] = [
    [/a whole model file/, text.slice(0, 500)],
    [/a whole model file/, "hello"],
    [/a whole JSON dump/, dump.slice(0, 500)],
    [/tree_info/, "{}"],
    [/num_class/, text.replace("num_class=1", "num_class=3")],
    [/objective/, text.replace("objective=regression", "objective=lambdarank")],
    [/decision_type/, text.replace(/decision_type=\d+/, "decision_type=1")],
    [/missing_type/, dump.replaceAll('"NaN"', '"Hole"')],
    [/linear/, text.replace("is_linear=0", "is_linear=1")],
    [/split_feature/, text.replace(/split_feature=\d+/, "split_feature=9")],
    [/threshold/, text.replace(/threshold=\S+/, "threshold=much")],
    [/leaf_value/, dump.replace(/"leaf_value": [^,]+/, '"leaf_value": null')],
    [/a node/, text.replace(/left_child=\S+/, "left_child=0")],
    [/random forest/, text.replace("num_class=1", "average_output\nnum_class=1")],
  ];
  for (const [message, model] of cases) {
    assert.throws(() => importLightGbm(model), (error) => {
      assert.ok(error instanceof InputError, `${message}: ${error}`);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("nextAbove turns at most into less than", () => {
  const numbers = fc.double({ noNaN: true, min: -1e300, max: 1e300 });
  fc.assert(fc.property(numbers, (limit) => {
    const next = nextAbove(limit);
    assert.ok(limit < next && !(next < next));
    assert.ok((limit + next) / 2 === limit || (limit + next) / 2 === next);
  }));
});
