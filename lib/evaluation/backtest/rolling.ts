import { DAY_MS, type ProgressFactory } from "../../core/mod.ts";
import {
  baselineRows,
  coveredMass,
  fitBaselineFactors,
  type ForecastModel,
  meanPinball,
  type PastNeed,
  rowForecaster,
  type Side,
  SIDES,
  trainForecastModel,
} from "../../learning/mod.ts";
import {
  type AmountQuantiles,
  type FeatureTable,
  labelledRows,
  tableAtHorizon,
  takeTableRows,
} from "../../liquidity/mod.ts";
import type { History } from "./history.ts";
import { RowMixture } from "./row_mixture.ts";
import { seasonalMeans } from "./seasonal.ts";

/** Whose forecasts are judged. */
export const FORECASTS = [
  "mixture",
  "model",
  "ewma",
  "persistence",
  "seasonal",
  "nothing",
] as const;
export type ForecastName = (typeof FORECASTS)[number];

/** One stretch of time judged by forecasts made from what came before it. */
export interface Origin {
  /** When everything was fitted, and the stretch begins. */
  fromMs: number;
  toMs: number;
  trainedRows: number;
}

/** Sums over the rows of one week, of one horizon, side and forecast. */
export interface WeekSums {
  rows: number;
  pinballSat: number;
  /** Needs within the closed 80 % interval, and by the mass between the levels. */
  inside: number;
  mass: number;
}

/** What is judged: sums by horizon, side, forecast and week. */
export interface Judged {
  origins: Origin[];
  /** Horizons too long for the history, with what they would need. */
  leftOut: { horizonMs: number; reason: string }[];
  sums: Map<string, Map<number, WeekSums>>;
  /** The main horizon's forecasts of outbound needs by row, for what policies would have earned. */
  outbound: Map<number, Record<ForecastName, AmountQuantiles>>;
}

/** How the history is rolled over. */
export interface RollingOptions {
  /** Share of the labelled rows, by time, before the first forecast. */
  startShare: number;
  /** Fits at most, evenly spaced in time; each forecasts until the next. */
  refits: number;
  /** Age of the oldest rows that baselines are fitted on, and of those that models learn from. */
  memoryMs: number;
  modelMemoryMs: number;
  trees: number;
  maxRows: number;
  seed: number;
  progress: ProgressFactory;
}

/** Key of {@linkcode Judged.sums}. */
export function sumsKey(horizonMs: number, side: Side, name: ForecastName): string {
  return `${horizonMs}/${side}/${name}`;
}

/**
 * Forecasts rolling in time: at each origin model and baselines are fitted anew on windows that had
 * ended by then, and judged until the next.
 */
export function rollOver({ table }: History, options: RollingOptions): Judged {
  const judged: Judged = { origins: [], leftOut: [], sums: new Map(), outbound: new Map() };
  const tables = [table, ...table.further.map((labels) => tableAtHorizon(table, labels))];
  const seasonal = new Map(tables.map((at) => [at.horizonMs, {
    outbound: seasonalMeans(at, at.outboundNeedSat),
    inbound: seasonalMeans(at, at.inboundNeedSat),
  }]));
  const mixtures = new Map(tables.map((at) => [at.horizonMs, new RowMixture(at)]));
  const bounds = originTimes(table, options);
  const bar = options.progress("backtest", bounds.length);
  bounds.slice(0, -1).forEach((fromMs, k) => {
    bar.update(k, `fit ${k + 1} of ${bounds.length - 1}`);
    const origin = { fromMs, toMs: bounds[k + 1] };
    const known = rowsKnownBy(table, fromMs).filter((row) =>
      table.timeMs[row] > fromMs - options.modelMemoryMs
    );
    const model = trainForecastModel(takeTableRows(pastOf(table, fromMs), known), {
      id: `backtest_${k}`,
      createdMs: fromMs,
      testShare: 0,
      trees: options.trees,
      maxRows: options.maxRows,
      seed: options.seed,
    }).model;
    judged.origins.push({ ...origin, trainedRows: model.meta.data.trainRows });
    for (const at of tables) {
      judgeHorizon(at, {
        ...{ origin, model, options, judged },
        seasonal: seasonal.get(at.horizonMs)!,
        mixture: mixtures.get(at.horizonMs)!,
      });
    }
  });
  bar.stop();
  return judged;
}

/** The first forecast, the times at which everything is fitted anew, and the end. */
function originTimes(table: FeatureTable, { startShare, refits }: RollingOptions): number[] {
  const rows = labelledRows(table);
  const firstMs = table.timeMs[rows[Math.floor(rows.length * startShare)]];
  const lastMs = table.timeMs[rows[rows.length - 1]];
  const stepMs = Math.max(DAY_MS, (lastMs - firstMs) / refits);
  const times: number[] = [];
  for (let t = firstMs; t < lastMs - stepMs / 2; t += stepMs) times.push(t);
  return [...times, lastMs + 1];
}

function rowsKnownBy(table: FeatureTable, timeMs: number): number[] {
  return labelledRows(table).filter((row) => table.timeMs[row] + table.horizonMs <= timeMs);
}

/** The table with those labels of further horizons removed whose window had not ended. */
function pastOf(table: FeatureTable, timeMs: number): FeatureTable {
  const further = table.further.map((labels) => {
    const open = (values: Float64Array) =>
      values.map((value, row) => table.timeMs[row] + labels.horizonMs <= timeMs ? value : NaN);
    return {
      horizonMs: labels.horizonMs,
      outboundNeedSat: open(labels.outboundNeedSat),
      inboundNeedSat: open(labels.inboundNeedSat),
      feesAtStakeMsat: open(labels.feesAtStakeMsat),
    };
  });
  return { ...table, further };
}

interface HorizonContext {
  origin: { fromMs: number; toMs: number };
  model: ForecastModel;
  options: RollingOptions;
  seasonal: Record<Side, Float64Array>;
  judged: Judged;
  /** Learns over all origins. */
  mixture: RowMixture;
}

function judgeHorizon(table: FeatureTable, context: HorizonContext): void {
  const { origin: { fromMs, toMs }, options, seasonal, judged, mixture } = context;
  const { horizonMs } = table;
  const model = context.model.atHorizon(horizonMs);
  if (model === undefined) {
    if (!judged.leftOut.some((left) => left.horizonMs === horizonMs)) {
      judged.leftOut.push({ horizonMs, reason: "too few whole windows before the first origins" });
    }
    return;
  }
  const fitRows = rowsKnownBy(table, fromMs).filter((row) =>
    table.timeMs[row] > fromMs - options.memoryMs
  );
  const pasts: Record<"ewma" | "persistence" | "seasonal", PastNeed> = {
    ...baselineRows(table),
    seasonal: (side, row) => seasonal[side][row],
  };
  const factors = Object.entries(pasts).map(([name, past]) =>
    [name as keyof typeof pasts, fitBaselineFactors(table, fitRows, past)] as const
  );
  const rows = labelledRows(table).filter((row) =>
    table.timeMs[row] >= fromMs && table.timeMs[row] < toMs
  );
  const { forecast } = rowForecaster("model", model, takeTableRows(table, rows));
  const isMain = horizonMs === context.model.horizonMs;
  rows.forEach((row, i) => {
    const made = forecast(i);
    const mixed = mixture.forecast(row, made);
    for (const side of SIDES) {
      const quantiles: Record<ForecastName, AmountQuantiles> = {
        mixture: mixed[side],
        model: made[`${side}Need`],
        ewma: NOTHING,
        persistence: NOTHING,
        seasonal: NOTHING,
        nothing: NOTHING,
      };
      for (const [name, factor] of factors) {
        const past = pasts[name](side, row);
        quantiles[name] = { sat: factor[side].map((f) => f * past) };
      }
      const need = table[`${side}NeedSat`][row];
      addScores(judged, { horizonMs, side, need, timeMs: table.timeMs[row] }, quantiles);
      if (isMain && side === "outbound") judged.outbound.set(row, quantiles);
    }
  });
}

const NOTHING: AmountQuantiles = { sat: [0, 0, 0, 0, 0] };

function addScores(
  judged: Judged,
  { horizonMs, side, need, timeMs }: {
    horizonMs: number;
    side: Side;
    need: number;
    timeMs: number;
  },
  quantiles: Record<ForecastName, AmountQuantiles>,
): void {
  const week = Math.floor(timeMs / (7 * DAY_MS));
  for (const name of FORECASTS) {
    const key = sumsKey(horizonMs, side, name);
    let weeks = judged.sums.get(key);
    if (weeks === undefined) judged.sums.set(key, weeks = new Map());
    let sums = weeks.get(week);
    if (sums === undefined) {
      weeks.set(week, sums = { rows: 0, pinballSat: 0, inside: 0, mass: 0 });
    }
    const { sat } = quantiles[name];
    sums.rows++;
    sums.pinballSat += meanPinball(need, sat);
    sums.inside += need >= sat[0] && need <= sat[sat.length - 1] ? 1 : 0;
    sums.mass += coveredMass(need, quantiles[name]);
  }
}
