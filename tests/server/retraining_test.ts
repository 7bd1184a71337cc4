import assert from "node:assert/strict";
import { listFiles, ManualClock } from "../../lib/core/mod.ts";
import { BaselineForecaster, type Forecaster, ModelRegistry } from "../../lib/learning/mod.ts";
import { compactTable } from "../../lib/liquidity/mod.ts";
import { followChampion, ServingModel, workerRetrain } from "../../lib/server/mod.ts";
import { getPriority } from "node:os";
import { plantedTable } from "./planted_table.ts";
import { START_MS } from "./server_fixture.ts";

/** A lens that must keep its forecaster. */
const unchanging = {
  forecaster: new BaselineForecaster(),
  swapForecaster: () => assert.fail("nothing to swap in"),
};

Deno.test("workerRetrain promotes a better model, swaps it in, then keeps it", async () => {
  const folder = await Deno.makeTempDir();
  let forecaster: Forecaster = new BaselineForecaster();
  let resets = 0;
  const clock = new ManualClock(START_MS);
  const lens = {
    trainingTables: () => [compactTable(plantedTable())],
    get forecaster() {
      return forecaster;
    },
    swapForecaster: (next: Forecaster) => forecaster = next,
  };
  const serving = new ServingModel({ lens, online: { setForecaster: () => resets++ } });
  const retrain = workerRetrain({
    lens,
    serving,
    clock,
    folder,
    seed: 1,
    trees: 20,
  });
  const { signal } = new AbortController();
  const first = await retrain(signal);
  assert.equal(first.status, "promoted", first.reason);
  assert.equal(first.modelId, "model_20240922_000000");
  assert.equal(forecaster.id, "model_20240922_000000");
  assert.equal(resets, 1);
  assert.equal(await new ModelRegistry(folder).championId(), first.modelId);
  clock.advanceTo(START_MS + 60_000);
  const second = await retrain(signal);
  assert.equal(second.status, "kept", second.reason);
  assert.equal(second.modelId, first.modelId);
  assert.deepEqual(await listFiles(`${folder}/models`, /^model/), [`${first.modelId}.json`]);
  await followsTheRegistry(folder, first.modelId!);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("workerRetrain keeps the model where there is too little to learn from", async () => {
  const folder = await Deno.makeTempDir();
  const retrain = workerRetrain({
    lens: { trainingTables: () => [compactTable(plantedTable({ days: 1 }))] },
    serving: new ServingModel({ lens: unchanging }),
    clock: new ManualClock(START_MS),
    folder,
    seed: 1,
    trees: 20,
  });
  const outcome = await retrain(new AbortController().signal);
  assert.equal(outcome.status, "kept");
  assert.match(outcome.reason, /not trained: .*labelled rows/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("workerRetrain ends early when the server stops", async () => {
  const stop = new AbortController();
  const retrain = workerRetrain({
    lens: { trainingTables: () => [compactTable(plantedTable())] },
    serving: new ServingModel({ lens: unchanging }),
    clock: new ManualClock(START_MS),
    folder: "never-written",
    seed: 1,
    trees: 20,
  });
  const running = retrain(stop.signal);
  stop.abort();
  await assert.rejects(running, /the server stops/);
});

Deno.test({
  name: "workerRetrain gives way to the threads that serve",
  // Where all of the program runs in the background already there is nothing to give way to.
  ignore: Deno.build.os !== "linux" || getPriority(0) >= 19,
  fn: async () => {
    const stop = new AbortController();
    const retrain = workerRetrain({
      lens: { trainingTables: () => [compactTable(plantedTable())] },
      serving: new ServingModel({ lens: unchanging }),
      clock: new ManualClock(START_MS),
      folder: "never-written",
      seed: 1,
      trees: 1000,
    });
    const mine = getPriority(0);
    const running = assert.rejects(retrain(stop.signal), /the server stops/);
    while (!threads().some((niceness) => niceness > mine)) {
      await new Promise((r) => setTimeout(r, 5));
    }
    assert.equal(getPriority(0), mine);
    stop.abort();
    await running;
  },
});

/** Niceness of every thread of this process, as the kernel tells. */
function threads(): number[] {
  return [...Deno.readDirSync("/proc/self/task")].flatMap(({ name }) => {
    try {
      const stat = Deno.readTextFileSync(`/proc/self/task/${name}/stat`);
      return [Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16])];
    } catch {
      // It has ended since it was listed.
      return [];
    }
  });
}

/** Another program's lens takes over what is promoted here, once; a broken pointer changes nothing. */
async function followsTheRegistry(folder: string, modelId: string): Promise<void> {
  const clock = new ManualClock(START_MS);
  const stop = new AbortController();
  let champion: string | undefined;
  const taken: string[] = [];
  const registry = new ModelRegistry(folder);
  const following = followChampion({
    serving: new ServingModel({
      lens: { forecaster: new BaselineForecaster(), swapForecaster: ({ id }) => taken.push(id) },
    }),
    registry: { championId: () => Promise.resolve(champion), path: (id) => registry.path(id) },
    clock,
    signal: stop.signal,
  });
  const minute = async (n: number, id: string) => {
    champion = id;
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.advanceTo(START_MS + n * 60_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
  };
  await minute(1, "model_that_is_not_there");
  assert.deepEqual(taken, []);
  await minute(2, modelId);
  await minute(3, modelId);
  assert.deepEqual(taken, [modelId]);
  stop.abort();
  await following;
}
