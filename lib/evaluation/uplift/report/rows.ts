import type { BenchRow } from "../../../core/mod.ts";
import type { Peer, PolicyFigures } from "./figures.ts";
import type { Estimate } from "./statistics.ts";

type Cell = Pick<BenchRow, "metric" | "unit"> & { estimate: Estimate | undefined };

/**
 * All figures of a scenario as rows. The case is scenario and policy, such as `base/ours`; `min`
 * and `max` are the least and greatest value of a seed, and ends of 95 % intervals are rows of
 * their own.
 */
export function upliftRows(all: readonly PolicyFigures[]): BenchRow[] {
  return all.flatMap((figures) => [
    ...compared(figures, all),
    ...estimates(figures).flatMap((cell) => estimateRows(figures, cell)),
    ...single(figures),
  ]);
}

/** Uplift over each peer, and the ends of its interval. */
function compared(figures: PolicyFigures, all: readonly PolicyFigures[]): BenchRow[] {
  return (Object.entries(figures.over) as [Peer, Estimate][]).flatMap(([peer, estimate]) => {
    const other = all.find(({ policy }) => policy === peer);
    const rows = estimateRows(figures, {
      metric: `signed_log_uplift_over_${peer}`,
      unit: "log points",
      estimate: scaled(estimate, 100),
    });
    const [first, ...ends] = rows;
    return [{
      ...first,
      peer,
      // What the peer has over the first peer of all; the ratio is of net incomes.
      peer_value: other?.over.none === undefined ? 0 : 100 * other.over.none.value,
      ratio: Math.exp(estimate.value),
    }, ...ends];
  });
}

function estimates(figures: PolicyFigures): Cell[] {
  return [
    { metric: "net_income_pooled", unit: "sat/day", estimate: figures.pooledSatPerDay },
    { metric: "spent", unit: "sat/day", estimate: figures.spentSatPerDay },
    { metric: "nodes_losing_over_10_percent", unit: "share", estimate: figures.losingShare },
    { metric: "payment_success", unit: "share", estimate: figures.paymentSuccess },
    { metric: "forecast_coverage_80", unit: "share", estimate: figures.coverage },
    { metric: "forecast_coverage_80_all_windows", unit: "share", estimate: figures.coverageAll },
  ];
}

function single(figures: PolicyFigures): BenchRow[] {
  const { tally, calibration } = figures;
  const values: [string, string, number | undefined][] = [
    ["share_of_the_uplift_of_persistence+routes", "share", figures.shareOfKnownRoutes],
    ["net_income_median_node", "sat/day", figures.medianSatPerDay],
    ["suggestions", "count", tally.made],
    ["suggestions_applied", "share", tally.applied / tally.made],
    ["amount_moved_of_asked", "share", tally.movedMsat / tally.askedMsat],
    ["attempts", "count", tally.attempts],
    ["rebalances_per_attempt", "share", tally.applied / tally.attempts],
    ["fee_rate_paid", "ppm", figures.paidPpm],
    ["rebalances_that_paid", "share", figures.paidShare],
    ["confidence_expected_calibration_error", "share", calibration?.expectedError],
    ...(calibration?.bins ?? []).map((bin): [string, string, number] => [
      `paid_share_at_confidence_${bin.from.toFixed(1)}`,
      "share",
      bin.paidShare,
    ]),
  ];
  return values.flatMap(([metric, unit, value]) =>
    value === undefined || !Number.isFinite(value)
      ? []
      : [{ ...head(figures), metric, value, unit, runs: figures.seeds, min: value, max: value }]
  );
}

function estimateRows(figures: PolicyFigures, { metric, unit, estimate }: Cell): BenchRow[] {
  if (estimate === undefined) return [];
  const { value, low, high, min, max, seeds: runs } = estimate;
  const row = { ...head(figures), metric, value, unit, runs, min, max };
  return !Number.isFinite(low) ? [row] : [
    row,
    { ...row, metric: `${metric}_low_95`, value: low },
    { ...row, metric: `${metric}_high_95`, value: high },
  ];
}

function head({ scenario, policy }: PolicyFigures): Pick<BenchRow, "bench" | "case"> {
  return { bench: "uplift", case: `${scenario}/${policy}` };
}

function scaled(estimate: Estimate, factor: number): Estimate {
  const { seeds, ...values } = estimate;
  const times = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value * factor]),
  ) as Omit<Estimate, "seeds">;
  return { seeds, ...times };
}
