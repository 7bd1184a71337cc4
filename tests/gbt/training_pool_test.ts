import assert from "node:assert/strict";
import { InputError } from "../../lib/core/mod.ts";
import {
  trainBooster,
  trainBoosterParallel,
  TrainingPool,
  trainQuantiles,
} from "../../lib/gbt/mod.ts";
import { growerContract } from "../contracts/grower.ts";
import { friedman } from "./synthetic.ts";

/** A pool that shares out even small data. */
async function withPool<T>(threads: number, work: (pool: TrainingPool) => Promise<T>): Promise<T> {
  const pool = new TrainingPool({ threads, minParallelRows: 0 });
  try {
    return await work(pool);
  } finally {
    pool.close();
  }
}

for (const threads of [2, 3]) {
  growerContract(
    `TrainingPool of ${threads}`,
    (work) => withPool(threads, (pool) => work((data, options) => pool.train(data, options))),
    trainBooster,
  );
}

Deno.test("TrainingPool trains one after another, also after one that failed", async () => {
  await withPool(2, async (pool) => {
    const data = friedman(300);
    const bad = { ...data, y: data.y.map(() => NaN) };
    const [first, failed, second] = await Promise.allSettled([
      pool.train(data, { trees: 5 }),
      pool.train(bad),
      pool.train(data, { trees: 5 }),
    ]);
    assert.ok(failed.status === "rejected" && failed.reason instanceof InputError);
    assert.ok(first.status === "fulfilled" && second.status === "fulfilled");
    assert.equal(JSON.stringify(second.value), JSON.stringify(first.value));
  });
});

Deno.test("TrainingPool stops early on a validation set and tells of its progress", async () => {
  const data = friedman(300);
  const validation = friedman(200, { seed: 4 });
  const options = { trees: 300, learningRate: 0.3, minSamplesLeaf: 2, earlyStoppingRounds: 5 };
  let last = 0;
  const progress = () => ({ update: (done: number) => last = done, stop: () => {} });
  const expected = trainBooster(data, options, { validation });
  const found = await withPool(2, (pool) => pool.train(data, options, { validation, progress }));
  assert.equal(JSON.stringify(found), JSON.stringify(expected));
  assert.equal(last, expected.trees.length + 5);
});

Deno.test("TrainingPool uses the plain kernels when told to", async () => {
  const data = friedman(300);
  const expected = trainBooster(data, { trees: 5 });
  const found = await withPool(2, (pool) => pool.train(data, { trees: 5, kernels: "plain" }));
  assert.equal(JSON.stringify(found), JSON.stringify(expected));
});

Deno.test("trainBoosterParallel gives what trainBooster gives", async () => {
  const data = friedman(300);
  const found = await trainBoosterParallel(data, { trees: 5, threads: 2 });
  assert.equal(JSON.stringify(found), JSON.stringify(trainBooster(data, { trees: 5 })));
});

Deno.test("TrainingPool.trainQuantiles gives what trainQuantiles gives", async () => {
  const data = friedman(300);
  const quantiles = [0.2, 0.8];
  const found = await withPool(2, (pool) => pool.trainQuantiles(data, quantiles, { trees: 5 }));
  const expected = trainQuantiles(data, quantiles, { trees: 5 });
  assert.equal(JSON.stringify(found), JSON.stringify(expected));
});
