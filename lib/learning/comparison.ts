import { type DemandForecast, type FeatureTable, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { fitBaselineFactors, needs, type PastNeed } from "./baseline_fit.ts";
import { BaselineForecaster } from "./baseline_forecaster.ts";
import { type Forecaster, tidyQuantiles } from "./forecaster.ts";
import { lastNeedSat, ownFeesMsat, ownNeedSat, SIDES } from "./reference_scale.ts";
import { type ForecastScore, ScoreKeeper } from "./scores.ts";

/** A forecaster that reads rows of a table: how baselines are compared with a model. */
export interface RowForecaster {
  name: string;
  forecast(row: number): DemandForecast;
}

/**
 * The baselines for a table. Two repeat the past as it is: `persistence` the last window, `ewma` the
 * past weighted towards the recent; in their fitted forms each level has its own factor, fitted on
 * `fitRows`, so that the comparison of quantiles is fair. `present_ratio` and `fifty_fifty` take the
 * balance as it is, or half the capacity, for what is needed on each side.
 */
export function baselineForecasters(
  table: FeatureTable,
  fitRows: readonly number[],
): RowForecaster[] {
  const { horizonMs } = table;
  const width = table.featureNames.length;
  const at = (row: number) => ({ offset: row * width, horizonMs });
  const { ewma, persistence } = baselineRows(table);
  const column = (name: string) => {
    const index = table.featureNames.indexOf(name);
    return (row: number) => table.x[row * width + index];
  };
  const [capacity, local, remote] = ["capacity", "local_balance", "remote_balance"].map(column);
  const scaled = (name: string, past: PastNeed, fitted: boolean): RowForecaster => {
    const factors = fitted ? fitBaselineFactors(table, fitRows, past) : undefined;
    return {
      name,
      forecast: (row) => {
        const [outboundNeed, inboundNeed] = SIDES.map((side) => ({
          sat: tidyQuantiles(
            QUANTILE_LEVELS.map((_, l) => past(side, row) * (factors?.[side][l] ?? 1)),
            capacity(row),
          ),
        }));
        const feesAtStakeMsat = ownFeesMsat(table.x, at(row));
        return { horizonMs, outboundNeed, inboundNeed, feesAtStakeMsat };
      },
    };
  };
  const fixed = (name: string, out: (row: number) => number, into: (row: number) => number) => ({
    name,
    forecast: (row: number): DemandForecast => ({
      horizonMs,
      outboundNeed: { sat: QUANTILE_LEVELS.map(() => out(row)) },
      inboundNeed: { sat: QUANTILE_LEVELS.map(() => into(row)) },
      feesAtStakeMsat: 0,
    }),
  });
  const half = (row: number) => capacity(row) / 2;
  return [
    scaled("ewma_fitted", ewma, true),
    scaled("persistence_fitted", persistence, true),
    scaled("ewma", ewma, false),
    scaled("persistence", persistence, false),
    fixed("fifty_fifty", half, half),
    fixed("present_ratio", local, remote),
  ];
}

/** What the simplest baselines take a row's need to be: the past weighted, and the last window. */
export function baselineRows(table: FeatureTable): Record<"ewma" | "persistence", PastNeed> {
  const { horizonMs, x } = table;
  const at = (row: number) => ({ offset: row * table.featureNames.length, horizonMs });
  return {
    ewma: (side, row) => ownNeedSat(side, x, at(row)),
    persistence: (side, row) => lastNeedSat(side, x, at(row)),
  };
}

/** Scores of forecasters on some rows, by name; none for those that say nothing of one of them. */
export function compareForecasters(
  table: FeatureTable,
  rows: readonly number[],
  forecasters: readonly RowForecaster[],
): Record<string, ForecastScore> {
  const [outbound, inbound] = SIDES.map((side) => needs(table, side));
  return Object.fromEntries(
    forecasters.map(({ name, forecast }) => {
      const keeper = new ScoreKeeper();
      for (const row of rows) {
        keeper.add({
          outboundNeedSat: outbound[row],
          inboundNeedSat: inbound[row],
          feesAtStakeMsat: table.feesAtStakeMsat[row],
        }, forecast(row));
      }
      return [name, keeper.score()] as const;
    }).filter(([, score]) => !Number.isNaN(score.pinballSat)),
  );
}

/** A forecaster's forecasts for all rows of a table, made at once. */
export function rowForecaster(
  name: string,
  forecaster: Pick<Forecaster, "predict">,
  table: FeatureTable,
): RowForecaster {
  const columns = table.featureNames.length;
  const capacities = Float64Array.from(
    { length: table.rows },
    (_, row) => table.x[row * columns],
  );
  const forecasts = forecaster.predict({ data: table.x, rows: table.rows, columns }, capacities);
  return { name, forecast: (row) => forecasts[row] };
}

/** The fitted EWMA baseline of a table as a forecaster of its own. */
export function fittedBaseline(table: FeatureTable, rows: readonly number[]): BaselineForecaster {
  const { horizonMs } = table;
  const width = table.featureNames.length;
  const factors = fitBaselineFactors(
    table,
    rows,
    (side, row) => ownNeedSat(side, table.x, { offset: row * width, horizonMs }),
  );
  return new BaselineForecaster({ horizonMs, factors });
}
