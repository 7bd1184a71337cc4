import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { HOUR_MS, MINUTE_MS, UsageError } from "../../lib/core/mod.ts";
import { simulationSummary, summaryTable } from "../../lib/cli/simulate/summary.ts";
import { Watch } from "../../lib/cli/simulate/watch.ts";
import { parseCommandLine } from "../../lib/cli/parse.ts";
import { parseOutage, planOutages, simulationFrom } from "../../lib/cli/simulation_setup.ts";
import { openCsv } from "../../lib/core/mod.ts";
import { RunLogs } from "../../lib/simulation/mod.ts";

const START_MS = Date.UTC(2024, 8, 22);
const RUN = { startMs: START_MS, warmUpMs: 0 };

async function simulate(argv: string[], warnings: string[] = []) {
  const given = ["--nodes", "80", "--operators", "3", "--payments-per-day", "3000", ...argv];
  const { options } = await parseCommandLine("simulate", given, { env: () => undefined });
  return await simulationFrom(options, RUN, (line) => warnings.push(line));
}

async function inFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "simulate_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const policy = {
  time_lock_delta: 40,
  min_htlc: "1000",
  fee_base_msat: "0",
  fee_rate_milli_msat: "10",
};
const edge = (id: number, node1: string, node2: string, more: object = {}) => ({
  channel_id: String(id),
  node1_pub: node1,
  node2_pub: node2,
  capacity: "1000000",
  node1_policy: policy,
  node2_policy: policy,
  ...more,
});
const nodes = ["a", "b", "c", "d"].map((pub_key) => ({ pub_key }));
const sound = [[1, "a", "b"], [2, "b", "c"], [3, "c", "d"], [4, "d", "a"], [5, "a", "c"]]
  .map(([id, node1, node2]) => edge(Number(id), String(node1), String(node2)));

for (
  const [name, bad, place] of [
    ["an unknown node", edge(9, "a", "zz"), "edges.5.node2"],
    ["a channel from a node to itself", edge(9, "a", "a"), "edges.5.node2"],
    ["a capacity of 0", edge(9, "b", "d", { capacity: "0" }), "edges.5.capacity_sat"],
    [
      "more than all bitcoin",
      edge(9, "b", "d", { capacity: "2100000000000001" }),
      "edges.5.capacity_sat",
    ],
    ["a channel twice", edge(5, "b", "d"), "edges.5.channel_id"],
    [
      "terms that can't be",
      edge(9, "b", "d", { node1_policy: { ...policy, fee_base_msat: "-1" } }),
      "edges.5.policy1.baseFeeMsat",
    ],
  ] as const
) {
  Deno.test(`simulate --graph names ${name}; with --skip-invalid it is shown, counted and left out`, () =>
    inFolder(async (folder) => {
      const graph = `${folder}/graph.json`;
      await Deno.writeTextFile(graph, JSON.stringify({ nodes, edges: [...sound, bad] }));
      await assert.rejects(
        simulate(["--graph", graph]),
        (error) => String(error).includes(`${graph}: ${place}: found `),
      );
      const warnings: string[] = [];
      const simulation = await simulate(["--graph", graph, "--skip-invalid"], warnings);
      assert.equal(simulation.network.channelCount, 5);
      assert.equal(warnings.length, 2);
      assert(warnings[0].includes(place), warnings[0]);
      assert.equal(warnings[1], "left out in all: 1");
    }));
}

Deno.test("simulate --graph: a policy for a channel that is not there, and a truncated gzip, are named", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/nodes.csv`, "id\na\nb\n");
    await Deno.writeTextFile(
      `${folder}/channels.csv`,
      "id,edge1_id,edge2_id,node1_id,node2_id,capacity\n0,0,1,a,b,1000000\n",
    );
    await Deno.writeTextFile(
      `${folder}/edges.csv`,
      "id,channel_id,counter_edge_id,from_node_id,to_node_id,balance,fee_base,fee_proportional,min_htlc,timelock\n" +
        "0,0,1,a,b,500000,0,1,1,10\n1,0,0,b,a,500000,0,1,1,10\n2,7,2,a,b,500000,0,1,1,10\n",
    );
    await assert.rejects(simulate(["--graph", folder]), /edges\.csv:4: channel_id: found "7"/);
    const zipped = gzipSync(JSON.stringify({ nodes, edges: sound }));
    await Deno.writeFile(`${folder}/graph.json.gz`, zipped.subarray(0, zipped.length - 20));
    await assert.rejects(simulate(["--graph", `${folder}/graph.json.gz`]), /truncated gzip/);
  }));

Deno.test("simulate --payments: wrong rows end it, or are counted and left out", () =>
  inFolder(async (folder) => {
    const graph = `${folder}/graph.json`, payments = `${folder}/payments.csv`;
    await Deno.writeTextFile(graph, JSON.stringify({ nodes, edges: sound }));
    await Deno.writeTextFile(
      payments,
      "time_ms,sender,receiver,amount_sat\n1000,a,b,10\n2000,a,zz,10\n3000,b,d,10\n",
    );
    const given = ["--graph", graph, "--payments", payments];
    await assert.rejects(simulate(given), /payments\.csv:3: receiver: found "zz"/);
    const warnings: string[] = [];
    const simulation = await simulate([...given, "--skip-invalid"], warnings);
    assert.equal(warnings.at(-1), "left out in all: 1");
    simulation.runUntil(START_MS + HOUR_MS);
    assert.equal(simulation.statistics().payments, 2);
  }));

Deno.test("parseOutage and planOutages take nodes away when told, and name what is no node", async () => {
  assert.deepEqual(parseOutage("operators@2h+30m"), {
    node: "operators",
    afterMs: 2 * HOUR_MS,
    durationMs: 30 * MINUTE_MS,
  });
  for (const text of ["x", "x@1h", "x@+1h", "@1h+1h", "x@1+1"]) {
    assert.throws(() => parseOutage(text), UsageError, text);
  }
  const simulation = await simulate(["--probes", "1"]);
  assert.throws(() => planOutages(simulation, [parseOutage("x@1h+1h")]), /found "x"/);
  const begins = planOutages(simulation, [parseOutage("operators@1h+3h")]);
  assert.deepEqual(begins, [START_MS + HOUR_MS]);
  let passed = 0;
  simulation.onEvent = (event) => {
    // What came in before may still be on its way.
    const away = event.timeMs > START_MS + HOUR_MS + 10 * MINUTE_MS &&
      event.timeMs < START_MS + 4 * HOUR_MS;
    if (away && event.kind === "forward" && event.forward.outcome === "settled") passed++;
  };
  simulation.runUntil(START_MS + 4 * HOUR_MS);
  assert.equal(passed, 0);
  await assert.rejects(
    simulate(["--router", "fastest"]),
    /--router: found "fastest", expected one/,
  );
});

Deno.test("Watch draws time, speed, payments, operators and what happened; the summary agrees", async () => {
  const simulation = await simulate([]);
  const watch = new Watch(simulation, { address: "ws://here", live: { speed: 60 } }, 1, 0);
  simulation.runUntil(START_MS + HOUR_MS);
  watch.note("operators offline");
  const lines = watch.frame(60_000);
  const { payments } = simulation.statistics();
  assert.match(lines[0], /^2024-09-22 01:00:00 UTC +60 times real time \(60 asked for\)/);
  assert.match(lines[1], /^80 nodes, .* 3 operators +ws:\/\/here$/);
  assert(lines.some((line) => line.startsWith(`payments    ${payments} `)), lines.join("\n"));
  assert(lines.some((line) => /arrived +[#.]{20} \d+\.\d %/.test(line)));
  assert.equal(lines.at(-1), "01:00 operators offline");
  watch.note("planned", START_MS + 2 * HOUR_MS);
  assert.doesNotMatch(watch.frame(60_500).join(), /planned/);
  for (let i = 0; i < 20; i++) watch.note(`event ${i}`);
  assert.equal(watch.frame(61_000).at(-1), "01:00 event 19");
  assert(watch.frame(62_000).length < 30);
  simulation.onEvent = (event) => watch.hear(event);
  simulation.runUntil(START_MS + 3 * HOUR_MS);
  const later = watch.frame(63_000).slice(-5);
  assert(later.includes("02:00 planned"), later.join("\n"));
  assert.match(later.at(-1)!, /^0[123]:\d\d .+ forwarded .+ sat for .+ sat$/);
  const summary = simulationSummary(simulation, 1);
  assert.equal(summary.payments, simulation.statistics().payments);
  assert.equal(summary.operators.length, 3);
  assert.equal(summaryTable(simulation).length, 2 + 3 + 1);
});

Deno.test("RunLogs writes each payment and each hop once, the same bytes for the same seed", () =>
  inFolder(async (folder) => {
    const log = async (name: string) => {
      const simulation = await simulate(["--probes", "1"]);
      let hops = 0;
      simulation.onHop = () => hops++;
      const paths = { payments: `${folder}/${name}p.csv`, hops: `${folder}/${name}h.csv` };
      const logs = await RunLogs.open(simulation, paths);
      simulation.runUntil(START_MS + 6 * HOUR_MS);
      await logs.close();
      const text = await Promise.all(Object.values(paths).map((path) => Deno.readTextFile(path)));
      assert.equal(text[0].split("\n").length - 2, simulation.statistics().payments);
      assert.equal(text[1].split("\n").length - 2, hops);
      const { records } = await openCsv(paths.hops);
      const outcomes = new Set<string>();
      for await (const { row } of records) outcomes.add(row.outcome);
      assert.deepEqual([...outcomes].sort(), ["failed_downstream", "failed_here", "settled"]);
      return text;
    };
    assert.deepEqual(await log("a"), await log("b"));
  }));
