import assert from "node:assert/strict";
import { seededRng, UsageError } from "../../lib/core/mod.ts";
import { partialDependence, permutationImportance, trainBooster } from "../../lib/gbt/mod.ts";
import { friedman } from "./synthetic.ts";

const data = friedman(1500);
const booster = trainBooster(data, { trees: 60 });
const held = friedman(1000, { seed: 3 });

Deno.test("permutationImportance ranks what matters above what doesn't", () => {
  const found = permutationImportance(booster, held, { rng: seededRng(1), repeats: 3 });
  const matter = found.slice(0, 5).map(({ importance }) => importance);
  const rest = found.slice(5).map(({ importance }) => importance);
  assert.ok(Math.min(...matter) > 10 * Math.max(...rest.map(Math.abs)), JSON.stringify(found));
  assert.ok(found.every(({ deviation }) => deviation >= 0));
  const again = permutationImportance(booster, held, { rng: seededRng(1), repeats: 3 });
  assert.deepEqual(again, found);
});

Deno.test("partialDependence follows the planted line and leaves the data alone", () => {
  const before = held.x.data.slice();
  const { values, means } = partialDependence(booster, held.x, { feature: "f3", points: 11 });
  assert.deepEqual(held.x.data, before);
  assert.equal(values.length, 11);
  const slope = (means[10] - means[0]) / (values[10] - values[0]);
  assert.ok(Math.abs(slope - 10) < 2, `${slope}`);
  const flat = partialDependence(booster, held.x, { feature: "f7" }).means;
  assert.ok(Math.max(...flat) - Math.min(...flat) < 1);
  assert.throws(() => partialDependence(booster, held.x, { feature: "none" }), UsageError);
});
