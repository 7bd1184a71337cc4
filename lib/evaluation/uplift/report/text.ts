import { formatPercent, textTable } from "../../../core/mod.ts";
import type { PolicyFigures } from "./figures.ts";
import type { Estimate } from "./statistics.ts";

/** The tables of one scenario, for a terminal. */
export function upliftReport(all: readonly PolicyFigures[]): string[] {
  const [{ scenario, seeds, nodes }] = all;
  return [
    `Scenario ${scenario}: ${seeds} seeds, ${nodes} nodes. Uplift in log points ` +
    `(100 ln of the ratio of net incomes) with 95 % intervals over seeds.`,
    ...textTable(
      ["policy", "over none", "over evd50", "over persistence", "over 50/50@100"],
      all.map(({ policy, over }) => [
        policy,
        points(over.none),
        points(over.evd50),
        points(over.persistence),
        points(over["50/50@100"]),
      ]),
    ),
    "",
    ...textTable(
      ["policy", "net sat/day", "median node", "lose >10 %", "spent", "ppm", "payments arrive"],
      all.map((figures) => [
        figures.policy,
        whole(figures.pooledSatPerDay.value),
        whole(figures.medianSatPerDay),
        figures.losingShare === undefined ? "" : formatPercent(figures.losingShare.value),
        whole(figures.spentSatPerDay.value),
        Number.isNaN(figures.paidPpm) ? "" : whole(figures.paidPpm),
        formatPercent(figures.paymentSuccess.value, 2),
      ]),
    ),
    ...all.filter(({ policy }) => policy === "ours").flatMap(knownRoutesLine),
    "",
    ...rebalanceTable(all),
    ...all.flatMap(reliabilityLines),
  ];
}

function knownRoutesLine({ shareOfKnownRoutes: reached }: PolicyFigures): string[] {
  return reached === undefined || Number.isNaN(reached) ? [] : [
    "",
    `ours reaches ${formatPercent(reached, 0)} of the uplift of persistence that knows all routes`,
  ];
}

function rebalanceTable(all: readonly PolicyFigures[]): string[] {
  const acting = all.filter(({ tally }) => tally.made > 0);
  if (acting.length === 0) return [];
  return textTable(
    ["policy", "suggested", "applied", "amount moved", "attempts each", "paid for themselves"],
    acting.map(({ policy, tally, paidShare }) => [
      policy,
      String(tally.made),
      formatPercent(tally.applied / tally.made),
      formatPercent(tally.movedMsat / tally.askedMsat),
      (tally.attempts / tally.made).toFixed(1),
      Number.isNaN(paidShare) ? "-" : formatPercent(paidShare),
    ]),
  );
}

function reliabilityLines(
  { policy, calibration, coverage, coverageAll }: PolicyFigures,
): string[] {
  if (calibration === undefined || calibration.rebalances === 0) return [];
  return [
    "",
    `Confidence of ${policy}: expected calibration error ` +
    `${calibration.expectedError.toFixed(3)} over ${calibration.rebalances} rebalances`,
    ...textTable(
      ["confidence", "rebalances", "mean", "paid for themselves"],
      calibration.bins.map((bin) => [
        `${bin.from.toFixed(1)} to ${bin.to.toFixed(1)}`,
        String(bin.count),
        bin.meanConfidence.toFixed(2),
        bin.paidShare.toFixed(2),
      ]),
    ),
    `80 % forecast intervals hold ${share(coverageAll)} of all needs` +
    (coverage === undefined ? "" : `, ${share(coverage)} of those that do not start at nothing`),
  ];
}

function share(estimate: Estimate | undefined): string {
  return estimate === undefined ? "-" : formatPercent(estimate.value);
}

/** `+34.5 [20.1, 48.9]` */
function points(estimate: Estimate | undefined): string {
  if (estimate === undefined) return "";
  const text = (value: number) => `${value >= 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  const { value, low, high } = estimate;
  return !Number.isFinite(low) ? text(value) : `${text(value)} [${text(low)}, ${text(high)}]`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
