import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../lib/core/mod.ts";
import { Booster, QuantileBoosters, trainBooster, trainQuantiles } from "../../lib/gbt/mod.ts";
import { anyNumber, friedman } from "./synthetic.ts";

const data = friedman(400, { missing: 0.05 });
const booster = trainBooster(data, { trees: 15, minSamplesLeaf: 5 });
const text = JSON.stringify(booster);

Deno.test("Booster.fromJSON gives back the same bytes and the same predictions", () => {
  const back = Booster.fromJSON(JSON.parse(text));
  assert.equal(JSON.stringify(back), text);
  assert.deepEqual(back.predict(data.x), booster.predict(data.x));
});

Deno.test("Booster.predict, predictRow and predictTable agree for any row", () => {
  const row = fc.array(anyNumber, { minLength: 8, maxLength: 8 });
  fc.assert(fc.property(row, (values) => {
    const x = { data: Float64Array.from(values), rows: 1, columns: 8 };
    const [one] = booster.predict(x);
    assert.equal(booster.predictRow(values), one);
    assert.equal(booster.predictTable({ x, featureNames: data.featureNames })[0], one);
  }));
});

Deno.test("Booster refuses features that are missing, added or in another order", () => {
  const names = data.featureNames;
  const cases: [RegExp, string[]][] = [
    [/f2: found "no such one"/, names.filter((name) => name !== "f2")],
    [/f0: found "it in place 8"/, names.toReversed()],
    [/more: expected the 8 features/, [...names, "more"]],
  ];
  for (const [message, given] of cases) {
    assert.throws(() => booster.checkFeatures(given), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => booster.predict({ ...data.x, columns: 4, rows: 800 }), InputError);
  assert.throws(() => booster.predictRow([1, 2]), InputError);
});

Deno.test("Booster.fromJSON refuses what was cut off, changed or written later", () => {
  const model = () => JSON.parse(text);
  const changed: [RegExp, unknown][] = [
    [/model file/, null],
    [/format/, {}],
    [/version: found 2/, { ...model(), version: 2 }],
    [/trees/, { ...model(), trees: undefined }],
    [/checksum/, { ...model(), trees: model().trees.slice(1) }],
    [/checksum/, { ...model(), initialScore: 1 }],
    [/initialScore/, { ...model(), initialScore: null }],
    [/loss/, { ...model(), loss: "best" }],
    [/metrics/, { ...model(), metrics: {} }],
    [/featureNames/, { ...model(), featureNames: "abc" }],
  ];
  for (const [message, value] of changed) {
    assert.throws(() => Booster.fromJSON(value), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
  }
  const tampered = model();
  const leaf = (node: Record<string, unknown>): Record<string, unknown> =>
    node.distribution === undefined ? leaf(node.left as Record<string, unknown>) : node;
  leaf(tampered.trees[3].root).distribution = 0.123;
  assert.throws(() => Booster.fromJSON(tampered), /trees\[3\]|checksum/);
});

Deno.test("Booster.importance finds the features that matter", () => {
  const gains = booster.importance("gain").map(({ importance }) => importance);
  assert.ok(Math.min(...gains.slice(0, 5)) > Math.max(...gains.slice(5)));
  const splits = booster.importance("split");
  const total = splits.reduce((sum, { importance }) => sum + importance, 0);
  assert.equal(
    total,
    booster.trees.reduce((sum, { feature }) => sum + (feature.length - 1) / 2, 0),
  );
});

Deno.test("trainQuantiles covers the share of targets that it says, without crossing", () => {
  const quantiles = [0.1, 0.5, 0.9];
  const train = friedman(4000);
  const test = friedman(4000, { seed: 5 });
  const boosters = trainQuantiles(train, quantiles, { trees: 60 });
  const predictions = boosters.predict(test.x);
  quantiles.forEach((quantile, q) => {
    const below = test.y.reduce((sum, y, r) => sum + Number(y <= predictions[q][r]), 0) / 4000;
    assert.ok(Math.abs(below - quantile) < 0.05, `${quantile}: ${below}`);
  });
  for (let r = 0; r < test.x.rows; r++) {
    assert.ok(predictions[0][r] <= predictions[1][r] && predictions[1][r] <= predictions[2][r]);
  }
  const back = QuantileBoosters.fromJSON(JSON.parse(JSON.stringify(boosters)));
  assert.deepEqual(back.predict(test.x), predictions);
  const row = test.x.data.subarray(0, 8);
  assert.deepEqual([...back.predictRow(row)], predictions.map((column) => column[0]));
  assert.throws(() => trainQuantiles(train, [0.5, 0.1]), /ascending/);
  assert.throws(
    () => QuantileBoosters.fromJSON({ ...boosters.toJSON(), quantiles: [0.2] }),
    InputError,
  );
});
