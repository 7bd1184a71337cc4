import assert from "node:assert/strict";
import { UsageError } from "../../lib/core/mod.ts";
import { refitLeaves, trainBooster } from "../../lib/gbt/mod.ts";
import { friedman, rmse } from "./synthetic.ts";

const data = friedman(800);
const booster = trainBooster(data, { trees: 30 });

Deno.test("refitLeaves on the training data gives the same values", () => {
  const same = refitLeaves(booster, data, { decay: 0 });
  booster.trees.forEach((tree, t) => {
    tree.value.forEach((value, node) =>
      assert.ok(Math.abs(value - same.trees[t].value[node]) < 1e-4)
    );
    assert.deepEqual(same.trees[t].threshold, tree.threshold);
  });
  assert.deepEqual(
    refitLeaves(booster, data, { decay: 1 }).predict(data.x),
    booster.predict(data.x),
  );
});

Deno.test("refitLeaves follows a target that moved", () => {
  for (const loss of ["squared", "absolute"] as const) {
    const trained = trainBooster(data, { trees: 30, loss });
    const moved = friedman(800, { seed: 9 });
    moved.y.forEach((y, r) => moved.y[r] = 2 * y + 5);
    const refitted = refitLeaves(trained, moved, { decay: 0 });
    const before = rmse(trained.predict(moved.x), moved.y);
    const after = rmse(refitted.predict(moved.x), moved.y);
    assert.ok(after < before / 4, `${before} ${after}`);
  }
});

Deno.test("refitLeaves keeps leaves that no row reaches", () => {
  const few = friedman(3, { seed: 4 });
  const refitted = refitLeaves(booster, few, { decay: 0 });
  const kept = booster.trees[0].value.filter((v, n) => v === refitted.trees[0].value[n]).length;
  assert.ok(kept >= booster.trees[0].value.length - 3);
  assert.throws(() => refitLeaves(booster, few, { decay: 2 }), UsageError);
});
