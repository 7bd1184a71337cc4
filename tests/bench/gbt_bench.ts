// @ts-types="../../lib/gbt/ml_cart.d.ts"
import { DecisionTreeRegression } from "ml-cart";
import {
  attributeRows,
  type Booster,
  type Matrix,
  takeRows,
  trainBooster,
  TrainingPool,
} from "../../lib/gbt/mod.ts";
import type { BenchRow } from "./bench_row.ts";
import { readSplit, type Split, writeSynthetic } from "./gbt_data.ts";
import { lessIsBetter, type PairedRuns } from "./gbt_rows.ts";
import { nodePeer, type Peer, pythonPeer, pythonVersions } from "./gbt_peer.ts";
import { printedBy } from "./own_process.ts";

type Report = (row: BenchRow) => void;

/** The same for all: LightGBM's defaults. */
const OPTIONS = { trees: 100, leaves: 31, learningRate: 0.1, bins: 255, minSamplesLeaf: 20 };

/** Training of boosted trees, prediction and attribution beside the peers that are installed. */
export async function run(report: Report, { quick }: { quick: boolean }): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "gbt-bench-" });
  const runs = quick ? 2 : 5;
  try {
    const peers = Object.keys(await pythonVersions());
    console.error(peers.length ? `peers: ${peers.join(", ")}` : "skipped: no peers in Python");
    const tables = await makeTables(folder, { quick, withReal: peers.length > 0 });
    for (const table of tables) {
      for (const threads of [1, 2]) {
        await benchTraining({ ...table, threads, runs, peers }, report);
      }
    }
    const middle = tables.find(({ name }) => name === (quick ? "10k x 20" : "100k x 20"))!;
    await benchPrediction({ ...middle, runs, peers }, report);
    if (!quick) await benchMemory({ ...tables[2], peers }, report);
    await benchCart(tables[0], report);
    await benchNode(tables[0], report);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Table {
  name: string;
  path: string;
}

async function makeTables(
  folder: string,
  { quick, withReal }: { quick: boolean; withReal: boolean },
): Promise<Table[]> {
  const tables: Table[] = [];
  const sizes = quick ? [["10k", 10_000]] : [["10k", 1e4], ["100k", 1e5], ["1M", 1e6]];
  for (const [name, rows] of sizes as [string, number][]) {
    tables.push({ name: `${name} x 20`, path: `${folder}/${name}` });
    await writeSynthetic(`${folder}/${name}`, rows);
  }
  if (!withReal) return tables;
  const peer = pythonPeer(1);
  for (const name of quick ? ["diamonds"] : ["diamonds", "flights"]) {
    const path = `${folder}/${name}`;
    const answer = await peer.ask<{ missing?: string }>({ do: "dataset", name, data: path });
    if (answer.missing) console.error(`skipped: ${name}, for want of ${answer.missing}`);
    else tables.push({ name, path });
  }
  await peer.close();
  return tables;
}

async function benchTraining(
  task: Table & { threads: number; runs: number; peers: string[] },
  report: Report,
): Promise<void> {
  const { name, path, threads, runs } = task;
  const { train, test } = await readSplit(path);
  const pool = new TrainingPool({ threads });
  await pool.train(train, { ...OPTIONS, trees: 1 });
  // The slowest peer can't do anything with a million rows in the time there is.
  const peers = task.peers.filter((peer) => peer !== "scikit-learn" || train.x.rows < 500_000);
  const times = new Map<string, PairedRuns>(peers.map((peer) => [peer, { ours: [], theirs: [] }]));
  const errors = new Map<string, number>();
  const alone: number[] = [];
  let booster: Booster | undefined;
  const processes = new Map(peers.map((peer) => [peer, pythonPeer(threads)]));
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    booster = await pool.train(train, OPTIONS);
    const ours = (performance.now() - start) / 1000;
    alone.push(ours);
    for (const [peer, process] of processes) {
      const request = { do: "train", peer, data: path, options: OPTIONS };
      const answer = await process.ask<{ seconds: number; rmse: number }>(request);
      times.get(peer)!.ours.push(ours);
      times.get(peer)!.theirs.push(answer.seconds);
      errors.set(peer, answer.rmse);
    }
  }
  pool.close();
  for (const process of processes.values()) await process.close();
  const rmse = errorOf(booster!, test);
  const what = { bench: "gbt", case: `${name}, ${threads} thread${threads > 1 ? "s" : ""}` };
  if (peers.length === 0) {
    report(lessIsBetter({ ...what, metric: "training", unit: "s" }, { ours: alone, theirs: [] }));
  }
  for (const [peer, pairs] of times) {
    report(lessIsBetter({ ...what, metric: "training", unit: "s", peer }, pairs));
    if (threads > 1) continue;
    const error = { ours: [rmse], theirs: [errors.get(peer)!] };
    report(lessIsBetter({ ...what, metric: "held-out rmse", unit: "target", peer }, error));
  }
}

function errorOf(booster: Booster, { x, y }: Split["test"]): number {
  const predicted = booster.predict(x);
  const squares = y.reduce((sum, target, r) => sum + (target - predicted[r]) ** 2, 0);
  return Math.sqrt(squares / y.length);
}

/** 100,000 rows at once, then one by one, then attributions; one thread. */
async function benchPrediction(
  { name, path, runs, peers }: Table & { runs: number; peers: string[] },
  report: Report,
): Promise<void> {
  const { train, test } = await readSplit(path);
  const booster = trainBooster(train, OPTIONS);
  const rows = 100_000;
  const many = takeRows(test.x, Array.from({ length: rows }, (_, r) => r % test.x.rows));
  const some = takeRows(test.x, Array.from({ length: 200 }, (_, r) => r));
  const ours = {
    batch: () => booster.predict(many),
    single: () => singleRows(booster, test.x),
    attribute: () => attributeRows(booster, some),
  };
  for (const work of Object.values(ours)) work();
  const what = { bench: "gbt", case: `${name}, 100 trees, 1 thread` };
  const measure = async (metric: string, unit: string, factor: number, work: () => void, ask?: {
    peer: string;
    seconds: () => Promise<number>;
  }) => {
    const pairs: PairedRuns = { ours: [], theirs: [] };
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      work();
      pairs.ours.push(((performance.now() - start) / 1000) * factor);
      if (ask) pairs.theirs.push((await ask.seconds()) * factor);
    }
    report(lessIsBetter({ ...what, metric, unit, peer: ask?.peer }, pairs));
  };
  if (peers.length === 0) {
    await measure("100k rows at once", "ms", 1e3, ours.batch);
    await measure("one row", "us", 1e6 / SINGLE_ROWS, ours.single);
    await measure("attribution of a row", "us", 1e6 / 200, ours.attribute);
  }
  for (const peer of peers) {
    const process = pythonPeer(1);
    const request = { data: path, peer };
    await process.ask({ do: "train", ...request, options: OPTIONS });
    const seconds = async (rows: number, repeats: number) =>
      (await process.ask<{ seconds: number }>({ do: "predict", ...request, rows, repeats }))
        .seconds;
    const batch = { peer, seconds: () => seconds(rows, 1) };
    await measure("100k rows at once", "ms", 1e3, ours.batch, batch);
    const single = { peer, seconds: async () => (await seconds(1, 200)) * SINGLE_ROWS };
    await measure("one row", "us", 1e6 / SINGLE_ROWS, ours.single, single);
    if (peer === "lightgbm") {
      const attribute = async () =>
        (await process.ask<{ seconds: number }>({ do: "attribute", ...request, rows: 200 }))
          .seconds;
      const ask = { peer, seconds: attribute };
      await measure("attribution of a row", "us", 1e6 / 200, ours.attribute, ask);
    }
    await process.close();
  }
}

const SINGLE_ROWS = 10_000;

function singleRows(booster: Booster, { data, columns, rows }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < SINGLE_ROWS; i++) {
    const at = (i % rows) * columns;
    sum += booster.predictRow(data.subarray(at, at + columns));
  }
  return sum;
}

/** Peak memory of a process that trains once on the largest data, with two threads. */
async function benchMemory(
  { name, path, peers }: Table & { peers: string[] },
  report: Report,
): Promise<void> {
  const ours = [Number(await printedBy("./gbt_memory.ts", [path, 2]))];
  const what = { bench: "gbt", case: `${name}, 2 threads`, metric: "peak memory", unit: "MiB" };
  for (const peer of peers.filter((peer) => peer !== "scikit-learn")) {
    const process = pythonPeer(2);
    const request = { do: "train", peer, data: path, options: OPTIONS };
    const { peakMiB } = await process.ask<{ peakMiB: number | null }>(request);
    await process.close();
    if (peakMiB === null) continue;
    report(lessIsBetter({ ...what, peer }, { ours, theirs: [peakMiB] }));
  }
}

/** One tree of ml-cart's own training beside one of ours, on 1,000 rows. */
async function benchCart({ path }: Table, report: Report): Promise<void> {
  const { train } = await readSplit(path);
  const indices = Array.from({ length: 1000 }, (_, r) => r);
  const x = takeRows(train.x, indices);
  const data = { x, y: train.y.slice(0, 1000), featureNames: train.featureNames };
  const rows = indices.map((r) => Array.from(x.data.subarray(r * x.columns, (r + 1) * x.columns)));
  const pairs: PairedRuns = { ours: [], theirs: [] };
  for (let run = 0; run < 3; run++) {
    let start = performance.now();
    trainBooster(data, { ...OPTIONS, trees: 1 });
    pairs.ours.push(performance.now() - start);
    start = performance.now();
    const cart = new DecisionTreeRegression({ minNumSamples: 20, maxDepth: 8 });
    cart.train(rows, Array.from(data.y));
    pairs.theirs.push(performance.now() - start);
  }
  const what = { bench: "gbt", case: "1k x 20, 1 thread", metric: "one tree", unit: "ms" };
  report(lessIsBetter({ ...what, peer: "ml-cart" }, pairs));
}

/** A hundred trees of ml-xgboost (depth 5, exact splits) beside ours, on the smallest data. */
async function benchNode({ name, path }: Table, report: Report): Promise<void> {
  const peer: Peer | undefined = nodePeer();
  if (!peer) {
    console.error("skipped: ml-xgboost, for want of LIGHTNING_LENS_PEERS_NODE");
    return;
  }
  const { train, test } = await readSplit(path);
  const request = { data: path, options: OPTIONS };
  const pairs: PairedRuns = { ours: [], theirs: [] };
  let error = NaN;
  let booster: Booster | undefined;
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    booster = trainBooster(train, OPTIONS);
    pairs.ours.push((performance.now() - start) / 1000);
    const answer = await peer.ask<{ seconds: number; rmse: number }>(request);
    pairs.theirs.push(answer.seconds);
    error = answer.rmse;
  }
  await peer.close();
  const what = { bench: "gbt", case: `${name}, 1 thread`, peer: "ml-xgboost" };
  report(lessIsBetter({ ...what, metric: "training", unit: "s" }, pairs));
  const errors = { ours: [errorOf(booster!, test)], theirs: [error] };
  report(lessIsBetter({ ...what, metric: "held-out rmse", unit: "target" }, errors));
}
