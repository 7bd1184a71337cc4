import assert from "node:assert/strict";
import { join } from "node:path";
import { HOUR_MS, InputError } from "../../lib/core/mod.ts";
import { ForecastModel, Scaler, trainForecastModel } from "../../lib/learning/mod.ts";
import { FEATURE_NAMES, type FeatureTable, takeTableRows } from "../../lib/liquidity/mod.ts";
import { QUICK, syntheticTable } from "./learned.ts";

const table = syntheticTable();
const trained = trainForecastModel(table, QUICK);

function matrix({ x, rows, featureNames }: FeatureTable) {
  return { data: x, rows, columns: featureNames.length };
}

async function rejects(work: Promise<unknown>, pattern: RegExp) {
  await assert.rejects(work, (error) => error instanceof InputError && pattern.test(error.message));
}

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("trainForecastModel beats what repeats the past on rows and nodes it has not seen", () => {
  const { test, heldOutNodes } = trained.model.metrics;
  for (const scores of [test, heldOutNodes]) {
    assert.ok(scores.model.rows > 50);
    assert.ok(scores.model.pinballSat < scores.persistence.pinballSat);
    assert.ok(scores.model.pinballSat < scores.persistence_fitted.pinballSat);
    assert.ok(scores.model.pinballSat < scores.fifty_fifty.pinballSat);
    assert.ok(scores.model.pinballSat < scores.present_ratio.pinballSat);
  }
  assert.ok(test.model.coverage > 0.65 && test.model.coverage < 0.97, `${test.model.coverage}`);
});

Deno.test("trainForecastModel the same table and seed give the same bytes", () =>
  inFolder(async (folder) => {
    const again = trainForecastModel(table, QUICK);
    const [one, two] = [join(folder, "1"), join(folder, "2")];
    const paths = [await trained.model.save(one), await again.model.save(two)];
    const [a, b] = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
    assert.equal(a, b);
    assert.equal(trained.scaler.toText(), again.scaler.toText());
    const other = trainForecastModel(table, { ...QUICK, seed: 2 });
    assert.notEqual(await Deno.readTextFile(await other.model.save(folder)), a);
  }));

Deno.test("ForecastModel.predict quantiles ascend, lie within the capacity, and survive the file", () =>
  inFolder(async (folder) => {
    const capacities = Float64Array.from(
      { length: table.rows },
      (_, r) => table.x[r * FEATURE_NAMES.length],
    );
    const forecasts = trained.model.predict(matrix(table), capacities);
    forecasts.forEach(({ outboundNeed, inboundNeed, feesAtStakeMsat }, row) => {
      for (const { sat } of [outboundNeed, inboundNeed]) {
        assert.ok(sat.every((value, i) => value >= (sat[i - 1] ?? 0)));
        assert.ok(sat[sat.length - 1] <= capacities[row]);
      }
      assert.ok(feesAtStakeMsat >= 0);
    });
    const loaded = await ForecastModel.load(await trained.model.save(folder));
    assert.deepEqual(loaded.predict(matrix(table), capacities), forecasts);
    assert.deepEqual(loaded.meta, trained.model.meta);
    const shares = loaded.importance().map(({ share }) => share);
    assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-9);
  }));

Deno.test("ForecastModel.load refuses other features, later versions, changes and other files", () =>
  inFolder(async (folder) => {
    const path = await trained.model.save(folder);
    const text = await Deno.readTextFile(path);
    const load = async (changed: string) => {
      const wrong = join(folder, "wrong.json");
      await Deno.writeTextFile(wrong, changed);
      await ForecastModel.load(wrong);
    };
    await rejects(load(text.replace('"version":2', '"version":3')), /version.*later program/);
    const factor = /"calibration":\{"outbound":\[/;
    await rejects(load(text.replace(factor, (found) => `${found}1`)), /checksum/);
    await rejects(load("[]"), /expected/);
    await rejects(load(text.slice(0, 1000)), /wrong\.json.*JSON/);
    await rejects(ForecastModel.load(join(folder, "none.json")), /no such file/);
    const fewer: FeatureTable = {
      ...table,
      featureNames: FEATURE_NAMES.map((name) => name === "tx_count" ? "tx_total" : name),
    };
    const other = trainForecastModel(fewer, { ...QUICK, id: "model_other", trees: 2 });
    await rejects(
      ForecastModel.load(await other.model.save(folder)),
      /model_other\.json: featureNames\[4\]: found "tx_total", expected tx_count: the model was made/,
    );
    await rejects(Scaler.load(path), /format/);
  }));

Deno.test("trainForecastModel data shorter than five horizons are refused, with what to do", () => {
  const short = takeTableRows(
    table,
    Array.from({ length: table.rows }, (_, row) => row).filter((row) =>
      table.timeMs[row] < table.timeMs[0] + 4.5 * table.horizonMs
    ),
  );
  assert.throws(
    () => trainForecastModel(short, QUICK),
    (error) =>
      error instanceof InputError && /2\.5 days, five horizons.*--horizon/.test(error.message),
  );
});

Deno.test("trainForecastModel fees that can't be learned are those of the channel's own past", () => {
  const free = { ...table, feesAtStakeMsat: table.feesAtStakeMsat.map((fees) => fees * 0) };
  const { model } = trainForecastModel(free, { ...QUICK, trees: 3 });
  assert.equal(model.parts.fees, undefined);
  const vector = new Float64Array(FEATURE_NAMES.length);
  const forecastFees = () => {
    const x = { data: vector, rows: 1, columns: vector.length };
    return model.predict(x, [1e6])[0].feesAtStakeMsat;
  };
  assert.equal(forecastFees(), 0);
  for (const name of ["fees_msat_24h", "fees_msat_7d"]) vector[FEATURE_NAMES.indexOf(name)] = 8000;
  // A day's rate over a horizon of half a day.
  assert.equal(forecastFees(), 4000);
});

Deno.test("trainForecastModel further horizons have models of their own, kept in the same file", () =>
  inFolder(async (folder) => {
    const sixHours = trained.model.atHorizon(6 * HOUR_MS);
    assert.deepEqual(trained.model.horizonsMs, [12 * HOUR_MS, 6 * HOUR_MS]);
    const { model, persistence_fitted } = sixHours!.metrics.test;
    assert.ok(model.pinballSat < persistence_fitted.pinballSat);
    assert.equal(trained.model.atHorizon(HOUR_MS), undefined);
    const loaded = await ForecastModel.load(await trained.model.save(folder));
    const capacities = new Float64Array(table.rows).fill(NaN);
    assert.deepEqual(
      loaded.atHorizon(6 * HOUR_MS)!.predict(matrix(table), capacities),
      sixHours!.predict(matrix(table), capacities),
    );
  }));

Deno.test("ForecastModel.predict far beyond what was trained on follows the channel's own past", () => {
  const [row] = trained.model.predict(matrix(takeTableRows(table, [0])), [NaN]);
  const far = takeTableRows(table, [0]);
  for (
    const name of ["past_outbound_need_24h", "past_outbound_need_72h", "daily_outbound_need_mean"]
  ) {
    far.x[FEATURE_NAMES.indexOf(name)] = 1e12;
  }
  const [forecast] = trained.model.predict(matrix(far), [NaN]);
  assert.ok(forecast.outboundNeed.sat[4] > 1e11, `${forecast.outboundNeed.sat}`);
  assert.ok(row.outboundNeed.sat[4] < 1e8);
});
