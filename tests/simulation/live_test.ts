import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, ManualClock, MINUTE_MS, silentProgress } from "../../lib/core/mod.ts";
import { loadNetwork } from "../../lib/network/mod.ts";
import {
  buildWorld,
  datasetPaths,
  LiveSimulation,
  simulationOf,
  writeDataset,
} from "../../lib/simulation/mod.ts";
import { pass, START_MS } from "./helpers.ts";

const world = await buildWorld({ nodes: 150, operators: 4, seed: 2 });
const run = () => simulationOf(world, { startMs: START_MS, paymentsPerDay: 1000, warmUpMs: 0 });

Deno.test("LiveSimulation keeps pace with the clock at its speed, and stands still when not ready", async () => {
  const simulation = run(), clock = new ManualClock(5000);
  let ready = true, asked = 0;
  const live = new LiveSimulation({
    simulation,
    clock,
    speed: 60,
    ready: () => ready,
    ask: () => asked++,
    askEveryMs: 10 * MINUTE_MS,
  });
  const stop = new AbortController();
  const running = live.run(stop.signal);
  await pass(clock, 4000);
  const minutes = () => Math.round((simulation.nowMs - START_MS) / MINUTE_MS);
  assert.equal(minutes(), 4);
  await pass(clock, 56_000);
  assert.equal(minutes(), 60);
  assert(asked >= 3 && asked <= 6, String(asked));
  ready = false;
  await pass(clock, 10_000);
  assert.equal(minutes(), 60);
  ready = true;
  await pass(clock, 1000);
  assert.equal(minutes(), 61);
  stop.abort();
  await pass(clock, 100);
  await running;
});

Deno.test("writeDataset writes five files that agree, the same bytes for the same seed", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dataset_" });
  try {
    const read = async (name: string) => {
      const paths = datasetPaths(`${folder}/${name}`, "stamp");
      const simulation = run();
      const rows = await writeDataset(simulation, {
        paths,
        durationMs: DAY_MS,
        progress: silentProgress("", 1),
      });
      const text = Object.fromEntries(
        Object.entries(paths).map(([kind, path]) => [kind, Deno.readTextFileSync(path)]),
      );
      return { rows, text, paths, simulation };
    };
    const a = await read("a"), b = await read("b");
    assert.deepEqual(b.text, a.text);
    for (const [kind, count] of Object.entries(a.rows)) {
      assert.equal(a.text[kind].split("\n").length - 2, count, kind);
      assert(count > 10, kind);
    }
    assert.equal(a.rows.payments, a.simulation.statistics().payments);
    const again = await loadNetwork(a.paths.channels);
    assert.deepEqual(again.channelIds, a.simulation.network.channelIds);
    const account = a.simulation.operatorsAccount();
    assert.equal(a.text.forwards.match(/,settled,/g)?.length ?? 0, account.forwards);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeDataset leaves nothing half written when it is stopped", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dataset_" });
  try {
    const stop = new AbortController();
    const progress = {
      update: (done: number) => done > 3 && stop.abort(new Error("stopped")),
      stop: () => {},
    };
    await assert.rejects(
      writeDataset(run(), {
        paths: datasetPaths(folder, "s"),
        durationMs: 20 * HOUR_MS,
        progress,
        signal: stop.signal,
      }),
      /stopped/,
    );
    for (const sub of ["raw", "processed"]) {
      assert.deepEqual([...Deno.readDirSync(`${folder}/${sub}`)], []);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
