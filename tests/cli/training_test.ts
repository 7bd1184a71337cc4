import assert from "node:assert/strict";
import { join } from "node:path";
import { CsvWriter, EXIT } from "../../lib/core/mod.ts";
import { runProgram } from "../../lib/cli/mod.ts";
import { FEATURES_COLUMNS, featuresRow } from "../../lib/liquidity/mod.ts";
import { syntheticSamples } from "../learning/learned.ts";
import { captured } from "./captured.ts";

async function withFeatures(test: (dataDir: string, features: string) => Promise<void>) {
  const dataDir = await Deno.makeTempDir();
  try {
    const features = join(dataDir, "processed", "features_20240111_000000.csv");
    const writer = await CsvWriter.open(features, FEATURES_COLUMNS);
    const horizonMs = 12 * 3_600_000;
    for (const sample of syntheticSamples()) await writer.write(featuresRow(sample, horizonMs));
    await writer.close();
    await test(dataDir, features);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

Deno.test("train:initial, train and models: files, tables, JSON, promotion and rollback", () =>
  withFeatures(async (dataDir, features) => {
    const command = (...argv: string[]) =>
      captured(() => runProgram([...argv, "--data-dir", dataDir]));
    const empty = await command("models");
    assert.equal(empty.code, EXIT.done);
    assert.match(empty.lines.join(), /run `train:initial`/);

    const first = await command("train:initial", "--features", features, "--trees", "10");
    assert.equal(first.code, EXIT.done);
    const text = first.lines.join("\n");
    for (const part of [/this model/, /last window repeated/, /80 % interval/, /share/, /###/]) {
      assert.match(text, part);
    }
    assert.match(text, /It is the champion now: the initial model/);
    const names = [...Deno.readDirSync(join(dataDir, "models"))].map(({ name }) => name).sort();
    const [model] = names.filter((name) => name.startsWith("model_"));
    assert.match(model, /^model_initial_\d{8}_\d{6}\.json$/);
    assert.ok(names.includes(model.replace("model_", "scaler_")));

    const second = await command("train", "--trees", "3", "--json");
    assert.equal(second.code, EXIT.done);
    const outcome = JSON.parse(second.lines.join("\n"));
    assert.equal(outcome.parent, model.replace(".json", ""));
    assert.equal(outcome.promoted, false, outcome.verdict);
    assert.ok(outcome.metrics.test.model.pinballSat > 0);

    assert.equal((await command("models", "promote", outcome.id)).code, EXIT.done);
    const list = JSON.parse((await command("models", "list", "--json")).lines.join("\n"));
    assert.deepEqual(list.map((m: { champion: boolean }) => m.champion), [false, true]);
    assert.equal((await command("models", "rollback")).code, EXIT.done);
    assert.match((await command("models")).lines.join("\n"), /\* {2}model_initial_/);
    assert.match((await command("models", "show")).lines[0], /Model model_initial_.*horizon 12 h/);
  }));

Deno.test("train and models end with the right exit codes", () =>
  withFeatures(async (dataDir, features) => {
    const code = async (...argv: string[]) =>
      (await captured(() => runProgram([...argv, "--data-dir", dataDir]))).code;
    assert.equal(await code("models", "rollback"), EXIT.refused);
    assert.equal(await code("models", "promote", "model_none"), EXIT.input);
    assert.equal(await code("models", "promote"), EXIT.usage);
    assert.equal(await code("models", "burn"), EXIT.usage);
    assert.equal(await code("train", "--data", join(dataDir, "none.csv")), EXIT.input);
    const header = join(dataDir, "header.csv");
    await Deno.writeTextFile(header, `${FEATURES_COLUMNS.join(",")}\n`);
    assert.equal(await code("train", "--data", header), EXIT.input);
    await Deno.remove(features);
    assert.equal(await code("train"), EXIT.input);
    assert.equal(await code("features"), EXIT.input);
  }));
