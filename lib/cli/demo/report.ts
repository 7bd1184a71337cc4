import { formatPercent, isoTime, MSAT_PER_SAT, msatToSat, textTable } from "../../core/mod.ts";
import { type Figures, netIncomeMsat, successRate } from "../twin/figures.ts";

/** A moment of a demo: both twins since suggestions began, or since the start before that. */
export interface DemoState {
  timeMs: number;
  /** Share of the virtual time that is done, 0 to 1. */
  done: number;
  /** False while both twins are left alone and the lens only learns. */
  suggesting: boolean;
  lens: Figures;
  twin: Figures;
  applied: number;
  failed: number;
  refused: number;
}

/** What a demo came to, for machines. */
export interface DemoResult {
  days: number;
  measuredDays: number;
  seed: number;
  lens: TwinResult;
  twin: TwinResult;
  gainSat: number;
  /** Gain over the twin's net income; null where that is not above 0. */
  gainShare: number | null;
  operatorsBetter: number;
  operatorsWorse: number;
  suggestions: { applied: number; failed: number; refused: number };
  /** True when the time given was up before the virtual days were. */
  cutShort: boolean;
}

interface TwinResult {
  payments: number;
  successRate: number;
  forwards: number;
  feesEarnedSat: number;
  rebalanceCostSat: number;
  netIncomeSat: number;
}

/**
 * One line a moment, for a terminal or a log.
 *
 * @param cells that it may take: what does not fit is left out, never cut; what matters least first
 */
export function statusLine(state: DemoState, cells = Infinity): string {
  const { lens, twin, applied, failed } = state;
  const gain = netIncomeMsat(lens) - netIncomeMsat(twin);
  const percent = (figures: Figures) => formatPercent(successRate(figures));
  // As they stand in the line, each with its rank.
  const parts: [rank: number, text: string][] = [
    [3, isoTime(state.timeMs).slice(0, 16).replace("T", " ")],
    [1, formatPercent(state.done, 0).padStart(5)],
    [6, `success ${percent(lens)} / ${percent(twin)}`],
    [4, `net ${sats(netIncomeMsat(lens))} / ${sats(netIncomeMsat(twin))} sat`],
    [2, state.suggesting ? `gain ${signed(gain)} sat` : "learning, no suggestions yet"],
    [5, state.suggesting ? `rebalances ${applied} applied, ${failed} failed` : ""],
  ];
  const lineOf = (least: number) =>
    parts.filter(([rank, text]) => rank <= least && text !== "").map(([, text]) => text).join("  ");
  let least = parts.length;
  while (least > 1 && lineOf(least).length > cells) least--;
  return lineOf(least);
}

/**
 * The table at the end.
 *
 * @param cells that a line may take: names are shorter where they don't fit
 */
export function finalTable(lens: Figures, twin: Figures, cells = Infinity): string[] {
  const percent = (figures: Figures) => formatPercent(successRate(figures), 2);
  const points = (successRate(lens) - successRate(twin)) * 100;
  const row = (name: string, value: (figures: Figures) => number) => [
    name,
    sats(value(lens)),
    sats(value(twin)),
    signed(value(lens) - value(twin)),
  ];
  const table = (names: readonly string[], payments: string) =>
    textTable(["", ...names, "difference"], [
      [payments, percent(lens), percent(twin), `${points.toFixed(2)} points`],
      row("forwards of the operators", (f) => f.forwards * MSAT_PER_SAT),
      row("fees earned, sat", (f) => f.feesEarnedMsat),
      row("fees of rebalances, sat", (f) => f.rebalanceCostMsat),
      row("net income, sat", netIncomeMsat),
    ]);
  const wide = table(["with LightningLens", "twin without"], "payments that arrived (network)");
  return wide[0].length <= cells ? wide : table(["with", "without"], "network: arrived");
}

/** The sentences under the table. */
export function verdict(result: DemoResult): string {
  const { applied, failed, refused } = result.suggestions;
  const share = result.gainShare === null ? "" : ` (${signedPercent(result.gainShare)})`;
  const gain = `${result.gainSat >= 0 ? "+" : ""}${result.gainSat.toLocaleString("en-US")} sat`;
  const days = `${result.measuredDays.toFixed(1)} days of virtual time`;
  return `Suggestions: ${applied} applied, ${failed} failed, ${refused} refused. ` +
    `Measured gain: ${gain}${share} over ${days}; ` +
    `${result.operatorsBetter} operators earned more than in the twin, ` +
    `${result.operatorsWorse} less.`;
}

/** The result from both twins' figures over the measured days. */
export function demoResult(
  lens: Figures,
  twin: Figures,
  rest: Pick<DemoResult, "days" | "measuredDays" | "seed" | "suggestions" | "cutShort">,
): DemoResult {
  const gain = netIncomeMsat(lens) - netIncomeMsat(twin);
  const base = netIncomeMsat(twin);
  const better = lens.netByOperatorMsat.filter((net, i) => net > twin.netByOperatorMsat[i]).length;
  const worse = lens.netByOperatorMsat.filter((net, i) => net < twin.netByOperatorMsat[i]).length;
  return {
    ...rest,
    lens: twinResult(lens),
    twin: twinResult(twin),
    gainSat: Math.round(gain / MSAT_PER_SAT),
    gainShare: base > 0 ? gain / base : null,
    operatorsBetter: better,
    operatorsWorse: worse,
  };
}

function twinResult(figures: Figures): TwinResult {
  return {
    payments: figures.payments,
    successRate: successRate(figures),
    forwards: figures.forwards,
    feesEarnedSat: msatToSat(figures.feesEarnedMsat),
    rebalanceCostSat: msatToSat(figures.rebalanceCostMsat),
    netIncomeSat: msatToSat(netIncomeMsat(figures)),
  };
}

function sats(amountMsat: number): string {
  return Math.round(amountMsat / MSAT_PER_SAT).toLocaleString("en-US");
}

function signed(amountMsat: number): string {
  return `${amountMsat >= 0 ? "+" : ""}${sats(amountMsat)}`;
}

function signedPercent(share: number): string {
  return `${share >= 0 ? "+" : ""}${formatPercent(share)}`;
}
