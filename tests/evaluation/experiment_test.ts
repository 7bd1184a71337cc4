import assert from "node:assert/strict";
import { InputError, openCsv, UsageError } from "../../lib/core/mod.ts";
import {
  checkArms,
  experimentTable,
  parseArm,
  readArms,
  runExperiment,
} from "../../lib/evaluation/mod.ts";
import { meanInterval, tQuantile975 } from "../../lib/evaluation/experiment/paired.ts";

const setup = { nodes: 60, operators: 3, paymentsPerDay: 400, days: 0.5, warmUpDays: 0.1 };

Deno.test("runExperiment: the same bytes with 1, 2 and 3 threads; an arm that differs in nothing differs by 0", async () => {
  const arms = ["base", "name=same", "max_attempts=1", "traffic=2"].map(parseArm);
  const run = (workers: number) => runExperiment({ setup, arms, seeds: [1, 2, 3] }, { workers });
  const one = await run(1);
  for (const workers of [2, 3]) {
    assert.equal(JSON.stringify(await run(workers)), JSON.stringify(one));
  }
  for (const { arm, difference } of one) {
    if (arm === "same") assert.deepEqual(difference, { mean: 0, low: 0, high: 0 });
  }
  const of = (arm: string, metric: string) =>
    one.find((row) => row.arm === arm && row.metric === metric)!;
  assert(of("max_attempts=1", "attempts a payment").difference!.mean < 0);
  // Common random numbers: the same wishes to pay in both arms, seed by seed.
  assert.deepEqual(
    of("max_attempts=1", "payments a day").values,
    of("base", "payments a day").values,
  );
  assert(of("traffic=2", "payments a day").difference!.mean > 100);
  const lines = experimentTable(one);
  assert.match(lines.join("\n"), /payments that arrived \(%\) +base/);
  assert.match(lines.at(-1)!, /3 seeds/);
});

Deno.test("runExperiment logs payments and hops of every run, the same bytes with 1 and 3 threads, and changes nothing by it", async () => {
  const arms = ["base", "max_attempts=1,name=one / a"].map(parseArm);
  const folder = await Deno.makeTempDir({ prefix: "experiment_" });
  try {
    const plain = await runExperiment({ setup, arms, seeds: [1, 2] }, { workers: 1 });
    const files = new Map<string, Uint8Array>();
    for (const workers of [1, 3]) {
      const logged = { ...setup, logs: `${folder}/${workers}`, check: true };
      const result = await runExperiment({ setup: logged, arms, seeds: [1, 2] }, { workers });
      assert.deepEqual(result, plain);
      for (const { name } of Deno.readDirSync(logged.logs)) {
        const bytes = await Deno.readFile(`${logged.logs}/${name}`);
        assert.deepEqual(bytes, files.get(name) ?? bytes, name);
        files.set(name, bytes);
      }
    }
    const names = ["base-1", "base-2", "one%20%2F%20a-1", "one%20%2F%20a-2"];
    assert.deepEqual(
      [...files.keys()].sort(),
      names.flatMap((name) => [`${name}-hops.csv.gz`, `${name}-payments.csv.gz`]),
    );
    const rows = async (name: string) =>
      await Array.fromAsync((await openCsv(`${folder}/1/${name}.csv.gz`)).records);
    const payments = await rows("base-1-payments");
    const counted = plain.find(({ arm, metric }) => arm === "base" && metric === "payments a day");
    assert.equal(payments.length, counted!.values[0] * setup.days);
    const settled = payments.filter(({ row }) => row.success === "true");
    assert.ok(settled.length > 20);
    assert.ok((await rows("base-1-hops")).length > 20);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("runExperiment: events change fees and take nodes away when they are due", async () => {
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(
      file,
      `[[arm]]
name = "base"
[[arm]]
name = "dear"
[[arm.event]]
at = "1m"
kind = "fees"
node = "operators"
fee_rate_ppm = 50000
[[arm]]
name = "others"
fee_setting = true
peer_rebalancing = true
drift = true
elastic = true
probes = 1
latency_ms = 0
refresh_per_day = 0.1
[[arm.event]]
at = "1h"
kind = "fees"
node = "operators"
factor = 2
[[arm]]
name = "away"
[[arm.event]]
at = "0s"
kind = "offline"
node = "operators"
for = "1d"
[[arm]]
name = "rush"
[[arm.event]]
at = "0s"
kind = "traffic"
factor = 10
for = "4h"
`,
    );
    const arms = await readArms(file);
    const busy = { ...setup, paymentsPerDay: 3000 };
    const result = await runExperiment({ setup: busy, arms, seeds: [1] }, { workers: 1 });
    const forwards = (arm: string) =>
      result.find((row) => row.arm === arm && row.metric === "operators: forwards a day")!.mean;
    assert(forwards("base") > 20, String(forwards("base")));
    assert(forwards("dear") < forwards("base") / 2, String(forwards("dear")));
    assert(forwards("others") > 0 && forwards("others") !== forwards("base"));
    assert(forwards("away") < forwards("base") / 10, String(forwards("away")));
    const payments = (arm: string) =>
      result.find((row) => row.arm === arm && row.metric === "payments a day")!.mean;
    assert(payments("rush") > 2 * payments("base"), String(payments("rush")));
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("readArms names file, line and member", async () => {
  const file = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(file, `[[arm]]\nname = "a"\n\n[[arm]]\nname = "b"\nspeed = 3\n`);
    await assert.rejects(readArms(file), (error) => {
      assert(error instanceof InputError);
      assert.deepEqual([error.fault.file, error.fault.line, error.fault.field], [
        file,
        6,
        "arm.1.speed",
      ]);
      return true;
    });
    await Deno.writeTextFile(
      file,
      `[[arm]]\nname = "a"\n[[arm.event]]\nkind = "offline"\nnode = "x"\nat = "soon"\nfor = "1h"\n`,
    );
    await assert.rejects(readArms(file), /:6: arm\.0\.event\.0\.at/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("parseArm and checkArms say what is wrong", () => {
  assert.deepEqual(parseArm("base"), { name: "base" });
  assert.deepEqual(parseArm("name=x,max_parts=4,drift=true"), {
    name: "x",
    max_parts: 4,
    drift: true,
  });
  assert.throws(
    () => parseArm("router=fastest"),
    (error) => error instanceof UsageError && /router=fastest: router: /.test(error.message),
  );
  assert.throws(() => parseArm("fast"), UsageError);
  assert.throws(() => checkArms([parseArm("base")]), /found 1/);
  assert.throws(() => checkArms([parseArm("base"), parseArm("base")]), /"base" twice/);
});

Deno.test("an event of a node or a channel that is not there ends the experiment with its name", async () => {
  const arms = [parseArm("base"), {
    name: "x",
    event: [{ kind: "offline" as const, at: "1h", node: "nobody", for: "1h" }],
  }];
  await assert.rejects(
    runExperiment({ setup, arms, seeds: [1] }, { workers: 1 }),
    /event\.node: found "nobody"/,
  );
});

Deno.test("meanInterval is Student's t: textbook values, and nothing is known from one value", () => {
  // Means of 1..5: 3 +- 2.7764 * sqrt(2.5 / 5).
  const { mean, low, high } = meanInterval([1, 2, 3, 4, 5]);
  assert.equal(mean, 3);
  assert(Math.abs(high - 3 - 2.7764 * Math.sqrt(0.5)) < 1e-4 && Math.abs(low + high - 6) < 1e-9);
  assert.deepEqual(meanInterval([7]), { mean: 7, low: -Infinity, high: Infinity });
  for (const [degrees, t] of [[1, 12.706], [30, 2.042], [40, 2.0211], [120, 1.9799]]) {
    assert(Math.abs(tQuantile975(degrees) - t) < 6e-4, `${degrees}: ${tQuantile975(degrees)}`);
  }
});
