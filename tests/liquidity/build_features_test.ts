import assert from "node:assert/strict";
import { join } from "node:path";
import { CsvWriter, HOUR_MS, InputError, openCsv } from "../../lib/core/mod.ts";
import { buildFeatures, FEATURE_NAMES, readFeatureTable } from "../../lib/liquidity/mod.ts";
import {
  FORWARD_COLUMNS,
  forwardRow,
  SNAPSHOT_COLUMNS,
  snapshotRow,
  TRANSACTION_COLUMNS,
} from "../../lib/protocol/mod.ts";
import { syntheticEvents } from "../fixtures/synthetic_events.ts";

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeCsv(
  path: string,
  columns: readonly string[],
  rows: Iterable<Record<string, unknown>>,
) {
  const writer = await CsvWriter.open(path, columns);
  for (const row of rows) await writer.write(row);
  await writer.close();
  return path;
}

async function syntheticFiles(folder: string, days = 3) {
  const events = syntheticEvents({ nodes: 2, channelsPerNode: 4, days });
  const forwards = await writeCsv(
    join(folder, "forwards.csv"),
    FORWARD_COLUMNS,
    events.flatMap((e) => e.kind === "forward" ? [forwardRow(e.timeMs, e.forward)] : []),
  );
  const snapshots = await writeCsv(
    join(folder, "snapshots.csv"),
    SNAPSHOT_COLUMNS,
    events.flatMap((e) => e.kind === "channel_state" ? [snapshotRow(e.timeMs, e.channel)] : []),
  );
  return { events, forwards, snapshots };
}

async function rejects(work: Promise<unknown>, pattern: RegExp) {
  await assert.rejects(work, (error) => error instanceof InputError && pattern.test(error.message));
}

Deno.test("buildFeatures forwards with snapshots: rows, labels, and the table read back", () =>
  inFolder(async (folder) => {
    const { forwards, snapshots } = await syntheticFiles(folder);
    const output = join(folder, "out", "features.csv");
    const horizonMs = 12 * HOUR_MS;
    const summary = await buildFeatures({ input: forwards, snapshots, output, horizonMs });
    assert.equal(summary.kind, "forwards");
    assert.deepEqual([summary.nodes, summary.channels, summary.channelsWithoutBalances], [2, 8, 0]);
    const table = await readFeatureTable(output);
    assert.equal(table.rows, summary.rows);
    assert.equal(table.horizonMs, horizonMs);
    const labelled = table.outboundNeedSat.filter((need) => !Number.isNaN(need));
    assert.equal(labelled.length, summary.labelledRows);
    assert.ok(labelled.some((need) => need > 0));
    assert.ok(summary.labelledRows < summary.rows);
    const again = join(folder, "again.csv");
    await buildFeatures({ input: forwards, snapshots, output: again, horizonMs });
    assert.equal(await Deno.readTextFile(again), await Deno.readTextFile(output));
  }));

Deno.test("buildFeatures forwards alone have needs but no balances; snapshots alone have both", () =>
  inFolder(async (folder) => {
    const { forwards, snapshots } = await syntheticFiles(folder);
    const horizonMs = 6 * HOUR_MS;
    const output = join(folder, "features.csv");
    const summary = await buildFeatures({ input: forwards, output, horizonMs });
    assert.equal(summary.channelsWithoutBalances, summary.channels);
    const table = await readFeatureTable(output);
    assert.ok(table.x.filter((_, i) => i % FEATURE_NAMES.length === 0).every(Number.isNaN));
    assert.ok(table.outboundNeedSat.some((need) => need > 0));
    await buildFeatures({ input: snapshots, output, horizonMs });
    const fromBalances = await readFeatureTable(output);
    assert.ok(fromBalances.outboundNeedSat.some((need) => need > 0));
    assert.ok(fromBalances.optimalLowRatio.some((ratio) => ratio > 0));
  }));

const channels = (sat: number) =>
  JSON.stringify({
    alice: [{
      remote_pubkey: "bob",
      capacity: 1000,
      local_balance: sat,
      remote_balance: 1000 - sat,
    }],
    bob: [{ remote_pubkey: "alice", capacity: 1000, local_balance: 1000 - sat }],
  });

function legacyRows() {
  const balances = [500, 400, 300, 600, 550, 500];
  return balances.slice(1).map((sat, i) => ({
    timestamp: `2024-01-01T0${i}:00:00`,
    type: i === 2 ? "rebalance" : "payment",
    sender: "alice",
    receiver: "bob",
    amount: Math.abs(sat - balances[i]),
    fee: 0,
    success: "True",
    channel_before: channels(balances[i]),
    channel_after: channels(sat),
  }));
}

Deno.test("buildFeatures takes a transaction file of the first project as it is", () =>
  inFolder(async (folder) => {
    const input = await writeCsv(join(folder, "tx.csv"), TRANSACTION_COLUMNS, legacyRows());
    const output = join(folder, "features.csv");
    const summary = await buildFeatures({ input, output, horizonMs: HOUR_MS });
    assert.equal(summary.kind, "transactions");
    assert.equal(summary.channels, 2);
    // Every row changes the channel of both of its owners.
    assert.equal(summary.rows, 10);
    const table = await readFeatureTable(output);
    const alice = (name: keyof typeof table) =>
      Array.from(table[name] as Float64Array).filter((_, row) => table.nodes[row] === "alice");
    // After each row: the payment of the next hour; the rebalance is none.
    assert.deepEqual(alice("outboundNeedSat"), [100, 0, 50, 50, NaN]);
    assert.deepEqual(alice("inboundNeedSat"), [0, 0, 0, 0, NaN]);
  }));

Deno.test("buildFeatures a forwarding log in Unix seconds without balances", () =>
  inFolder(async (folder) => {
    const columns = ["received_time", "in_channel", "out_channel", "in_msat", "out_msat"];
    const rows = Array.from({ length: 200 }, (_, i) => ({
      received_time: 1_700_000_000.5 + i * 1800,
      in_channel: "3",
      out_channel: i % 10 === 0 ? "" : "5",
      in_msat: 100_100,
      out_msat: i % 10 === 0 ? "" : "100000.0",
      fee_msat: i % 10 === 0 ? "" : 100,
      status: i % 10 === 0 ? "local_failed" : "settled",
      fail_reason: i % 10 === 0 ? "WIRE_TEMPORARY_CHANNEL_FAILURE" : "",
    }));
    const input = await writeCsv(join(folder, "log.csv"), [
      ...columns,
      "fee_msat",
      "status",
      "fail_reason",
    ], rows);
    const output = join(folder, "features.csv");
    const summary = await buildFeatures({ input, output, horizonMs: 24 * HOUR_MS });
    assert.equal(summary.kind, "routing_log");
    const table = await readFeatureTable(output);
    const row = table.channelIds.indexOf("3");
    // 48 a day, all of them inflow of channel 3: also those refused for the other side's balance.
    assert.ok(Math.abs(table.inboundNeedSat[row] - 48 * 100.1) < 1);
    const out = table.channelIds.indexOf("5");
    assert.ok(Math.abs(table.outboundNeedSat[out] - 43.2 * 100) < 100);
  }));

Deno.test("buildFeatures refuses wrong rows by file, line and field", () =>
  inFolder(async (folder) => {
    const { events } = await syntheticFiles(folder, 1);
    const good = events.flatMap((e) =>
      e.kind === "channel_state" ? [snapshotRow(e.timeMs, e.channel)] : []
    ).slice(0, 40);
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ capacity_sat: -5 }, /bad\.csv:12: capacity_sat: found "-5"/],
      [{ local_balance_sat: 10 ** 12 }, /bad\.csv:12: local_balance_sat: found 1000000000000/],
      [{ timestamp: "2020-01-01T00:00:00Z" }, /bad\.csv:12: timestamp: .* no earlier than/],
      [{ ...good[9] }, /bad\.csv:12: channel_id: .* once at a time/],
      [{ node: "" }, /bad\.csv:12: node: found ""/],
    ];
    for (const [change, message] of cases) {
      const rows = good.map((row, i) => i === 10 ? { ...row, ...change } : row);
      const input = await writeCsv(join(folder, "bad.csv"), SNAPSHOT_COLUMNS, rows);
      const output = join(folder, "features.csv");
      const options = { input, output, horizonMs: HOUR_MS };
      await rejects(buildFeatures(options), message);
      await assert.rejects(Deno.stat(output), Deno.errors.NotFound);
      const summary = await buildFeatures({ ...options, skipInvalid: true });
      assert.equal(summary.rejectedRows, 1);
      const refused = await Array.fromAsync((await openCsv(summary.rejectedPath!)).records);
      assert.equal(refused[0].row.line, "12");
      assert.match(refused[0].row.reason, message);
      await Deno.remove(output);
    }
  }));

Deno.test("buildFeatures refuses forwards that pay out more than came in, and short rows", () =>
  inFolder(async (folder) => {
    const { events } = await syntheticFiles(folder, 1);
    const rows = events.flatMap((e) =>
      e.kind === "forward" ? [forwardRow(e.timeMs, e.forward)] : []
    );
    const input = join(folder, "bad.csv"), output = join(folder, "features.csv");
    const options = { input, output, horizonMs: HOUR_MS };
    const greedy = { ...rows[3], in_amount_msat: 5, out_amount_msat: 6 };
    await writeCsv(input, FORWARD_COLUMNS, rows.with(3, greedy));
    await rejects(buildFeatures(options), /:5: out_amount_msat: found 6, expected no more than in/);
    await Deno.writeTextFile(input, "cut,off\n", { append: true });
    const { rejectedRows } = await buildFeatures({ ...options, skipInvalid: true });
    assert.equal(rejectedRows, 2);
  }));

Deno.test("buildFeatures names missing columns, and files of another kind", () =>
  inFolder(async (folder) => {
    const output = join(folder, "features.csv");
    const input = await writeCsv(
      join(folder, "f.csv"),
      FORWARD_COLUMNS.filter((name) => name !== "in_channel" && name !== "node"),
      [{}],
    );
    const build = (path: string) => buildFeatures({ input: path, output, horizonMs: HOUR_MS });
    await rejects(build(input), /f\.csv:1: node, in_channel: found "no such column"/);
    const other = await writeCsv(join(folder, "o.csv"), ["a", "b"], [{ a: 1, b: 2 }]);
    await rejects(build(other), /o\.csv:1: found "a,b", expected columns of forwards/);
    await rejects(build(join(folder, "none.csv")), /no such file/);
    await Deno.writeTextFile(join(folder, "empty.csv"), "");
    await rejects(build(join(folder, "empty.csv")), /an empty file/);
    assert.deepEqual([...Deno.readDirSync(folder)].filter((e) => e.name.includes("tmp")), []);
  }));

Deno.test("readFeatureTable refuses balances above capacity, repeated channels and other files", () =>
  inFolder(async (folder) => {
    const { forwards, snapshots } = await syntheticFiles(folder, 1);
    const path = join(folder, "features.csv");
    await buildFeatures({ input: forwards, snapshots, output: path, horizonMs: HOUR_MS });
    const { columns, records } = await openCsv(path);
    const rows = (await Array.fromAsync(records)).map((record) => record.row);
    const cases: [Record<string, string>, RegExp][] = [
      [{ capacity: "-1" }, /x\.csv:4: capacity/],
      [{ local_balance: "99999999999" }, /x\.csv:4: local_balance/],
      [{ balance_ratio: "half" }, /x\.csv:4: balance_ratio: found "half", expected a number/],
      [{ tx_count: "-1e300" }, /x\.csv:4: tx_count: found "-1e300", expected at most 1e\+30/],
      [{ timestamp: "noon" }, /x\.csv:4: timestamp/],
      [{ ...rows[1] }, /x\.csv:4: channel_id/],
    ];
    for (const [change, message] of cases) {
      const wrong = await writeCsv(
        join(folder, "x.csv"),
        columns,
        rows.map((row, i) => i === 2 ? { ...row, ...change } : row),
      );
      await rejects(readFeatureTable(wrong), message);
    }
    await rejects(readFeatureTable(forwards), /capacity.* a features file/);
  }));
