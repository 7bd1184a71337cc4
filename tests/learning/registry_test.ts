import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError, LensError, RefusedError, writeFileAtomic } from "../../lib/core/mod.ts";
import {
  chosenModel,
  ForecastModel,
  ModelRegistry,
  type TrainedModel,
  trainForecastModel,
} from "../../lib/learning/mod.ts";
import { QUICK, syntheticTable } from "./learned.ts";

const table = syntheticTable({ nodes: 3, days: 7 });
const trained = trainForecastModel(table, { ...QUICK, trees: 2 });
const IDS = [
  "model_initial_20240101_000000",
  "model_20240102_000000",
  "model_20240103_000000",
];

/** The one trained model under another name. */
function named(id: string): TrainedModel {
  const { model, scaler } = trained;
  const meta = { ...model.meta, id, scaler: `${id.replace("model", "scaler")}.json` };
  return { model: new ForecastModel(meta, model.parts), scaler };
}

async function withRegistry(test: (registry: ModelRegistry, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    const registry = new ModelRegistry(folder);
    for (const id of IDS) await registry.add(named(id));
    await test(registry, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ModelRegistry lists by time and promotes nothing by itself", () =>
  withRegistry(async (registry, folder) => {
    assert.deepEqual(await registry.ids(), IDS);
    assert.ok((await registry.list()).every(({ champion, model }) => !champion && model));
    assert.equal(await registry.champion(), undefined);
    const scaler = await registry.scaler(await registry.show(IDS[1]));
    assert.ok(scaler.rows > 0);
    await assert.rejects(
      chosenModel(folder, undefined),
      (error) => error instanceof LensError && /train:initial/.test(error.message),
    );
  }));

Deno.test("ModelRegistry.rollback undoes promotions one by one", () =>
  withRegistry(async (registry, folder) => {
    for (const id of IDS) await registry.promote(id, { atMs: 5 });
    assert.equal((await chosenModel(folder, undefined)).id, IDS[2]);
    assert.equal(await registry.rollback({ atMs: 6 }), IDS[1]);
    assert.equal(await registry.rollback({ atMs: 7 }), IDS[0]);
    await assert.rejects(registry.rollback({ atMs: 8 }), RefusedError);
    await registry.promote(IDS[2], { atMs: 9 });
    assert.equal(await registry.rollback({ atMs: 10 }), IDS[0]);
    assert.equal(await registry.championId(), IDS[0]);
  }));

Deno.test("ModelRegistry what can't be read is listed with its fault and never promoted", () =>
  withRegistry(async (registry, folder) => {
    await Deno.writeTextFile(registry.path(IDS[1]), "{}");
    const faulty = (await registry.list()).find(({ id }) => id === IDS[1]);
    assert.match(faulty?.fault ?? "", /format/);
    await assert.rejects(registry.promote(IDS[1], { atMs: 1 }), InputError);
    await assert.rejects(registry.show("model_none"), /expected one of/);
    assert.equal(await registry.championId(), undefined);
    const left = [...Deno.readDirSync(join(folder, "models"))].map(({ name }) => name);
    assert.ok(left.every((name) => !name.endsWith(".tmp")));
    assert.ok(!left.includes("registry.json"));
  }));

Deno.test("ModelRegistry promotes no model whose scaler can't be read back, nor rolls back to it", () =>
  withRegistry(async (registry, folder) => {
    const { meta } = await registry.show(IDS[0]);
    const path = join(folder, "models", meta.scaler);
    await registry.promote(IDS[0], { atMs: 1 });
    await registry.promote(IDS[1], { atMs: 2 });
    // JSON has no infinity: it is written as null.
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace(/"deviation":[^,]+/, '"deviation":null'));
    const fault = /features\.0\.deviation: found null/;
    await assert.rejects(registry.rollback({ atMs: 3 }), fault);
    await assert.rejects(registry.promote(IDS[0], { atMs: 4 }), fault);
    assert.equal(await registry.championId(), IDS[1]);
  }));

Deno.test("ModelRegistry.freeId never gives the name of a model that is there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const registry = new ModelRegistry(folder);
    const timeMs = Date.UTC(2024, 8, 22, 13, 45, 1);
    assert.equal(await registry.freeId("model_", timeMs), "model_20240922_134501");
    await writeFileAtomic(registry.path("model_20240922_134501"), "{}");
    await writeFileAtomic(registry.path("model_20240922_134502"), "{}");
    assert.equal(await registry.freeId("model_", timeMs), "model_20240922_134503");
    assert.equal(await registry.freeId("model_initial_", timeMs), "model_initial_20240922_134501");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
