import {
  formatDuration,
  formatPercent,
  formatSat,
  InputError,
  isoTime,
  systemClock,
  terminalProgress,
  textBar,
  textTable,
} from "../core/mod.ts";
import {
  challenge,
  DRIFT_ALARM,
  type FeatureDrift,
  featureDrift,
  type ForecastModel,
  type ForecastScore,
  horizonText,
  ModelRegistry,
  type Scaler,
  scoreLabel,
  trainForecastModel,
} from "../learning/mod.ts";
import {
  type FeatureTable,
  readFeatureTable,
  splitByTime,
  takeTableRows,
} from "../liquidity/mod.ts";

/** What a training by hand is told. */
export interface TrainRequest {
  dataDir: string;
  featuresPath: string;
  trees: number;
  seed: number;
  /** The first model of a node: promoted without a contest. */
  initial: boolean;
}

/** What came of it. */
export interface TrainOutcome {
  model: ForecastModel;
  path: string;
  featuresPath: string;
  promoted: boolean;
  /** Why it was promoted, or not. */
  verdict: string;
  /** Features whose distribution moved since the champion was trained; empty without one. */
  drift: FeatureDrift[];
}

/**
 * Trains a model from a features file, writes it and its scaler, and promotes it where it is the
 * first or better than the champion.
 *
 * @throws {InputError} for a features file that is wrong or too short
 */
export async function trainFromFile(request: TrainRequest): Promise<TrainOutcome> {
  const { featuresPath, dataDir, initial } = request;
  const table = await readFeatureTable(featuresPath);
  const registry = new ModelRegistry(dataDir);
  const champion = await registry.champion();
  const nowMs = systemClock.nowMs();
  const id = await registry.freeId(initial ? "model_initial_" : "model_", nowMs);
  const trained = inFile(featuresPath, () =>
    trainForecastModel(table, {
      id,
      createdMs: nowMs,
      trees: request.trees,
      seed: request.seed,
      parent: champion?.id ?? null,
      progress: terminalProgress,
    }));
  const path = await registry.add(trained);
  const { promoted, verdict } = initial
    ? { promoted: true, verdict: "the initial model" }
    : contest(table, trained.model, champion);
  if (promoted) await registry.promote(id, { atMs: nowMs });
  const drift = champion === undefined ? [] : movedFeatures(table, await registry.scaler(champion));
  return { model: trained.model, path, featuresPath, promoted, verdict, drift };
}

/** Of the newest part of the data. */
function movedFeatures(table: FeatureTable, scaler: Scaler): FeatureDrift[] {
  const recent = takeTableRows(table, splitByTime(table).test);
  return featureDrift(scaler, recent).filter(({ psi }) => psi > DRIFT_ALARM);
}

/** The champion may have seen these rows in its training: the contest can only be too hard. */
function contest(table: FeatureTable, model: ForecastModel, champion: ForecastModel | undefined) {
  if (champion === undefined) return { promoted: true, verdict: "the first model" };
  if (champion.horizonMs !== model.horizonMs) {
    const verdict = `${champion.id} forecasts ${horizonText(champion.horizonMs)} ahead, this ` +
      `model ${horizonText(model.horizonMs)}: not comparable`;
    return { promoted: false, verdict };
  }
  const rows = splitByTime(table).test;
  const { better, reason } = challenge(table, rows, { challenger: model, champion });
  return { promoted: better, verdict: reason };
}

function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError) || error.fault.file !== undefined) throw error;
    throw new InputError({ file, ...error.fault });
  }
}

/** Table of scores, the model's first. */
export function scoreLines(scores: Record<string, ForecastScore>): string[] {
  const best = scores.model.pinballSat;
  return textTable(
    ["forecast", "pinball loss", "model is", "median error", "80 % interval", "not from 0", "fees"],
    Object.entries(scores).map(([name, score]) => [
      scoreLabel(name),
      formatSat(score.pinballSat),
      name === "model" ? "" : lossComparison(best, score.pinballSat),
      formatSat(score.medianErrorSat),
      formatPercent(score.coverage),
      Number.isNaN(score.coverageActive) ? "-" : formatPercent(score.coverageActive),
      formatSat(score.feesErrorMsat / 1000),
    ]),
  );
}

/** `12.3 % lower`: how a loss compares with another one. */
export function lossComparison(lossSat: number, otherSat: number): string {
  const share = lossSat / otherSat - 1;
  return `${formatPercent(Math.abs(share))} ${share > 0 ? "higher" : "lower"}`;
}

/** What a model is, how good it is and what it looks at. */
export function modelLines(model: ForecastModel): string[] {
  const { meta } = model;
  const { data } = meta;
  const importance = model.importance().slice(0, 12).filter(({ share }) => share > 0);
  const most = importance[0]?.share ?? 1;
  const factors = (side: "outbound" | "inbound") =>
    meta.calibration[side].map((factor) => factor.toFixed(2)).join(" ");
  return [
    `Model ${model.id}, made ${isoTime(meta.createdMs)}, horizon ${horizonText(meta.horizonMs)}`,
    `Data: ${isoTime(data.fromMs)} to ${isoTime(data.toMs)} ` +
    `(${formatDuration(data.toMs - data.fromMs)}), ${data.rows} labelled rows of ` +
    `${data.channels} channels of ${data.nodes} nodes`,
    `Trained on ${data.trainRows} rows, stopped and calibrated on ${data.validationRows} later ` +
    `ones; targets on the ${meta.scale} scale; parent ${meta.parent ?? "none"}`,
    `Calibration factors, low to high quantile: outbound ${factors("outbound")}, inbound ` +
    factors("inbound"),
    "",
    `On the newest ${meta.metrics.test.model.rows} rows, never trained on:`,
    ...scoreLines(meta.metrics.test),
    ...("model" in meta.metrics.heldOutNodes
      ? [
        "",
        `On ${meta.metrics.heldOutNodes.model.rows} rows of nodes it has never seen:`,
        ...scoreLines(meta.metrics.heldOutNodes),
      ]
      : []),
    "",
    "Features by their share of the gain:",
    ...textTable(
      ["feature", "share", ""],
      importance.map(({ feature, share }) => [
        feature,
        formatPercent(share),
        textBar(share / most),
      ]),
    ),
  ];
}

/** The same for programs. */
export function modelJson(model: ForecastModel): Record<string, unknown> {
  const { createdMs, horizonMs, data: { fromMs, toMs, ...data }, ...meta } = model.meta;
  return {
    ...meta,
    createdAt: isoTime(createdMs),
    horizonHours: horizonMs / 3_600_000,
    data: { ...data, from: isoTime(fromMs), to: isoTime(toMs) },
    importance: model.importance(),
  };
}

/** What a training by hand printed. */
export function outcomeLines(outcome: TrainOutcome): string[] {
  const { model, path, featuresPath, promoted, verdict, drift } = outcome;
  const moved = drift.slice(0, 5).map(({ feature, psi }) => `${feature} (${psi.toFixed(2)})`);
  return [
    ...modelLines(model),
    "",
    ...(moved.length === 0
      ? []
      : [`Moved since the champion was trained (stability index): ${moved.join(", ")}`, ""]),
    `From:    ${featuresPath}`,
    `Written: ${path}`,
    promoted
      ? `It is the champion now: ${verdict}.`
      : `It is not the champion: ${verdict}. To use it all the same: models promote ${model.id}`,
  ];
}
