import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../lib/cli/mod.ts";
import { CsvWriter, EXIT, HOUR_MS, openCsv, seededRng } from "../../lib/core/mod.ts";
import { ModelRegistry, trainForecastModel } from "../../lib/learning/mod.ts";
import { FEATURES_COLUMNS, type FeatureSample, featuresRow } from "../../lib/liquidity/mod.ts";
import { captured } from "../cli/captured.ts";
import { writeNodeDump } from "../cli/node_dump_files.ts";
import { sample, START_MS, tableOf, watched } from "./sample_table.ts";

/** Twelve channels over 16 days, of which every third needs half its capacity each day. */
function samples(): FeatureSample[] {
  const rng = seededRng(4).fork("analyze");
  const list: FeatureSample[] = [];
  for (let step = 0; step < 64; step++) {
    for (let i = 0; i < 12; i++) {
      const capacity = 1_000_000 * (1 + i);
      const need = i % 3 === 0 ? capacity * (0.4 + 0.2 * rng.float()) : 0;
      const features = watched(capacity, Math.round(capacity * rng.float()), {
        past_outbound_need_24h: need,
        out_sat_24h: need,
      });
      list.push(sample(`${i}x1x1`, features, {
        timeMs: START_MS + step * 6 * HOUR_MS,
        label: {
          outboundNeedSat: need,
          inboundNeedSat: 0,
          feesAtStakeMsat: need / 2,
          optimalLowRatio: need / capacity,
          optimalHighRatio: 1,
        } as FeatureSample["label"],
      }));
    }
  }
  return list;
}

/** A data folder with a features file and a small model that is champion. */
async function dataFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const rows = samples();
  const table = tableOf(rows);
  const path = join(folder, "processed", "features_20260121_000000.csv");
  const writer = await CsvWriter.open(path, FEATURES_COLUMNS);
  for (const row of rows) await writer.write(featuresRow(row, table.horizonMs));
  await writer.close();
  const trained = trainForecastModel(table, {
    id: "model_initial_20260121_000000",
    createdMs: START_MS,
    trees: 8,
    minSamplesLeaf: 10,
  });
  const registry = new ModelRegistry(folder);
  await registry.add(trained);
  await registry.promote(trained.model.id, { atMs: START_MS });
  return folder;
}

/** Runs `analyze` and keeps both streams. */
async function analyze(folder: string, ...args: string[]) {
  const errors: string[] = [];
  const kept = console.error;
  const { code, lines } = await captured(async () => {
    console.error = (line: unknown) => void errors.push(String(line));
    return await runProgram([
      "analyze",
      ...["--data-dir", folder, "--visualizations-dir", join(folder, "pictures")],
      ...args,
    ]);
  });
  console.error = kept;
  return { code, text: lines.join("\n"), error: errors.join("\n") };
}

Deno.test("analyze: newest features and champion to table, files and JSON", async () => {
  const folder = await dataFolder();
  try {
    const table = await analyze(folder);
    assert.equal(table.code, EXIT.done, table.error);
    assert.match(table.text, /^12 channels as of 2026-01-20T18:00:00.000Z/);
    assert.match(table.text, /Report: +.*rebalance_report\.md/);
    const json = await analyze(folder, "--json");
    const summary = JSON.parse(json.text);
    assert.equal(summary.model, "model_initial_20260121_000000");
    const { short_outbound, short_inbound, within, learning } = summary;
    assert.equal(short_outbound + short_inbound + within + learning, summary.channels);
    for (const path of [summary.report, summary.predictions, ...summary.pictures]) {
      assert.ok((await Deno.stat(path)).size > 500, path);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("analyze: wrong input is one clear line and leaves nothing behind", async () => {
  const folder = await dataFolder();
  const file = async (name: string, content: string) => {
    const path = join(folder, name);
    await Deno.writeTextFile(path, content);
    return path;
  };
  const model = join(folder, "models", "model_initial_20260121_000000.json");
  const text = await Deno.readTextFile(model);
  const header = `${FEATURES_COLUMNS.join(",")}\n`;
  const cases: [args: string[], expected: RegExp][] = [
    [["--data", join(folder, "none.csv")], /none\.csv: found "no such file"/],
    [["--data", await file("empty.csv", "")], /empty\.csv: found "an empty file"/],
    [["--data", await file("head.csv", header)], /head\.csv: found "a header only", expected rows/],
    [["--data", await file("other.csv", "a,b\n1,2\n")], /other\.csv:1: .*expected a features file/],
    [["--data", await file("page.csv", "{}\n")], /page\.csv:1: .*expected a CSV header/],
    [["--model", join(folder, "none.json")], /none\.json: found "no such file"/],
    [["--model", await file("text.json", "no JSON")], /text\.json.*expected JSON/],
    [["--model", await file("list.json", "[]")], /list\.json: .*expected/],
    [
      ["--model", await file("changed.json", text.replace('"seed":1', '"seed":2'))],
      /changed\.json: checksum: /,
    ],
  ];
  try {
    for (const [args, expected] of cases) {
      const { code, error } = await analyze(folder, ...args);
      assert.equal(code, EXIT.input, `${args.join(" ")}: ${error}`);
      assert.match(error, expected);
      assert.equal(error.split("\n").length, 1, error);
    }
    await assert.rejects(Deno.stat(join(folder, "pictures")));
    await assert.rejects(Deno.stat(join(folder, "predictions")));
    await Deno.remove(join(folder, "models"), { recursive: true });
    assert.match((await analyze(folder)).error, /no model .*train:initial/);
    await Deno.remove(join(folder, "processed"), { recursive: true });
    const none = await analyze(folder, "--model", await file("model.json", text));
    assert.match(
      none.error,
      /features_\*\.csv: found "no such file", expected one; run `features`/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("analyze takes a node's files, decides as recommend does, and refuses what does not fit", async () => {
  const folder = await dataFolder();
  try {
    const { channels, forwards } = await writeNodeDump(folder);
    const files = ["--channels", channels, "--forwards", forwards];
    const { code, text, error } = await analyze(folder, ...files, "--json");
    assert.equal(code, EXIT.done, error);
    const summary = JSON.parse(text);
    assert.equal(summary.channels, 2);
    const recommend = await captured(() =>
      runProgram(["recommend", "--data-dir", folder, ...files, "--json"])
    );
    const { channels: advised } = JSON.parse(recommend.lines.join("\n"));
    const rows = await Array.fromAsync((await openCsv(summary.predictions)).records);
    assert.deepEqual(
      rows.map(({ row }) => [row.channel_id, row.decision]).sort(),
      advised.map((c: Record<string, string>) => [c.channel_id, c.decision]).sort(),
    );
    const report = await Deno.readTextFile(summary.report);
    assert.match(report, /## Channel by channel[^]*`peer1` `1`/);
    const wrong = [[...files, "--data", "x.csv"], ["--forwards", forwards], ["--node-id", "a"]];
    for (const args of wrong) assert.equal((await analyze(folder, ...args)).code, EXIT.usage);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
