import { DAY_MS, HOUR_MS, InputError, isoTime, type ProgressFactory } from "../../core/mod.ts";
import { type Side, SIDES } from "../../learning/mod.ts";
import { readForwardsLog } from "./forwards_log.ts";
import { type History, type HistoryFacts, historyOf } from "./history.ts";
import { type Band, bootstrap } from "./bootstrap.ts";
import { type PolicyAssumptions, type PolicyResult, replayPolicies } from "./policies.ts";
import {
  type ForecastName,
  FORECASTS,
  type Judged,
  rollOver,
  sumsKey,
  type WeekSums,
} from "./rolling.ts";

/** How a backtest is made. */
export interface BacktestOptions {
  /** File of forwards. */
  forwards: string;
  assumptions: PolicyAssumptions;
  /** Fits at most. */
  refits: number;
  trees: number;
  seed: number;
  progress: ProgressFactory;
}

/** How one forecast did at one horizon, both sides together or one. */
export interface ForecastResult {
  horizonMs: number;
  side: Side | "both";
  forecast: ForecastName;
  rows: number;
  /** Mean over levels and rows, sat. */
  pinballSat: number;
  /** Its loss over that of the best simple baseline, less 1, with an interval of 95 %. */
  againstBest: Band;
  /** Share of needs within the closed 80 % interval, and by the mass between its levels. */
  coverage: number;
  coverageMass: Band;
}

/** A history judged. */
export interface Backtest {
  facts: HistoryFacts;
  format: string;
  withoutTime: number;
  withoutChannel: number;
  outOfOrder: number;
  rejected: number;
  horizonsMs: number[];
  judged: Judged;
  forecasts: ForecastResult[];
  policies: PolicyResult[];
  assumptions: PolicyAssumptions;
}

/** Main horizon first. */
export const BACKTEST_HORIZONS_MS = [DAY_MS, 6 * HOUR_MS, 3 * DAY_MS, 7 * DAY_MS];
/** The first forecast is made when this share of the rows has passed. */
const START_SHARE = 0.4;
const MEMORY_MS = 365 * DAY_MS;
const MODEL_MEMORY_MS = 2 * MEMORY_MS;
const MAX_ROWS = 15_000;
/** Horizons that must fit into the history before the first forecast. */
const LEAST_HORIZONS = 10;

/** Simple forecasts: the best of them is what the model is measured by. */
export const SIMPLE: readonly ForecastName[] = ["ewma", "persistence", "seasonal", "nothing"];

/**
 * Judges forecasts and policies on a node's own history, rolling in time.
 *
 * @throws {InputError} for a file that is wrong or a history that is too short
 */
export async function backtest(options: BacktestOptions): Promise<Backtest> {
  const log = await readForwardsLog(options.forwards, true);
  const spanMs = log.events[log.events.length - 1].timeMs - log.events[0].timeMs;
  const horizonsMs = BACKTEST_HORIZONS_MS.filter((ms) => ms * LEAST_HORIZONS <= spanMs);
  if (!horizonsMs.includes(DAY_MS)) {
    throw new InputError({
      file: options.forwards,
      found: `a history of ${Math.floor(spanMs / DAY_MS * 10) / 10} days`,
      expected:
        `at least ${LEAST_HORIZONS} days: shorter ones say nothing of forecasts a day ahead`,
    });
  }
  const history = historyOf(log, horizonsMs, options.assumptions.capacitiesSat);
  const judged = judgedHistory(options, history);
  return {
    facts: history.facts,
    format: log.format,
    withoutTime: log.withoutTime,
    withoutChannel: log.withoutChannel,
    outOfOrder: log.outOfOrder,
    rejected: log.rejected,
    horizonsMs: horizonsMs.toSorted((a, b) => a - b),
    judged,
    forecasts: forecastResults(judged, horizonsMs, options.seed),
    policies: replayPolicies(history, judged, options.assumptions),
    assumptions: options.assumptions,
  };
}

/** Forecasts made and judged; what is too little to learn from is told with the longest silence. */
function judgedHistory(options: BacktestOptions, history: History): Judged {
  try {
    return rollOver(history, {
      startShare: START_SHARE,
      refits: options.refits,
      memoryMs: MEMORY_MS,
      modelMemoryMs: MODEL_MEMORY_MS,
      trees: options.trees,
      maxRows: MAX_ROWS,
      seed: options.seed,
      progress: options.progress,
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [gap] = history.facts.gaps;
    throw new InputError({
      file: options.forwards,
      field: error.fault.field,
      found: `${error.fault.found} before a forecast`,
      expected: "more of a history" +
        (gap === undefined ? "" : ", and no times of a wrong clock: " +
          `nothing was forwarded from ${isoTime(gap.fromMs)} to ${isoTime(gap.toMs)}`),
    });
  }
}

function forecastResults(judged: Judged, horizonsMs: readonly number[], seed: number) {
  const results: ForecastResult[] = [];
  for (const horizonMs of horizonsMs.toSorted((a, b) => a - b)) {
    for (const side of ["both", ...SIDES] as const) {
      const sums = new Map(
        FORECASTS.map((name) => [name, sidesTogether(judged, horizonMs, side, name)]),
      );
      if (sums.get("model")!.size === 0) continue;
      const loss = (name: ForecastName) => total(sums.get(name)!, "pinballSat");
      const best = SIMPLE.reduce((a, b) => loss(b) < loss(a) ? b : a);
      for (const forecast of FORECASTS) {
        const weeks = [...sums.get(forecast)!].map(([week, own]) => ({
          own,
          best: sums.get(best)!.get(week)!,
        }));
        const rows = total(sums.get(forecast)!, "rows");
        const share = (pick: (week: typeof weeks[number]) => [number, number]) =>
          bootstrap(weeks.map(pick), seed);
        const against = share(({ own, best }) => [own.pinballSat, best.pinballSat]);
        results.push({
          horizonMs,
          side,
          forecast,
          rows,
          pinballSat: loss(forecast) / rows,
          againstBest: { value: against.value - 1, low: against.low - 1, high: against.high - 1 },
          coverage: total(sums.get(forecast)!, "inside") / rows,
          coverageMass: share(({ own }) => [own.mass, own.rows]),
        });
      }
    }
  }
  return results;
}

function sidesTogether(
  judged: Judged,
  horizonMs: number,
  side: Side | "both",
  name: ForecastName,
): Map<number, WeekSums> {
  const together = new Map<number, WeekSums>();
  for (const one of side === "both" ? SIDES : [side]) {
    for (const [week, sums] of judged.sums.get(sumsKey(horizonMs, one, name)) ?? []) {
      const old = together.get(week) ?? { rows: 0, pinballSat: 0, inside: 0, mass: 0 };
      together.set(week, {
        rows: old.rows + sums.rows,
        pinballSat: old.pinballSat + sums.pinballSat,
        inside: old.inside + sums.inside,
        mass: old.mass + sums.mass,
      });
    }
  }
  return together;
}

function total(weeks: Map<number, WeekSums>, field: keyof WeekSums): number {
  let sum = 0;
  for (const week of weeks.values()) sum += week[field];
  return sum;
}
