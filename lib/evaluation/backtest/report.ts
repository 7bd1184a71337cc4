import {
  DAY_MS,
  formatDuration,
  formatPercent,
  formatSat,
  HOUR_MS,
  isoTime,
  MSAT_PER_SAT,
  textTable,
} from "../../core/mod.ts";
import { horizonText } from "../../learning/mod.ts";
import type { Backtest, ForecastResult } from "./backtest.ts";
import { bootstrap } from "./bootstrap.ts";
import type { PolicyName, PolicyResult } from "./policies.ts";
import type { ForecastName } from "./rolling.ts";

/** What people call a forecast. */
export const FORECAST_LABELS: Record<ForecastName, string> = {
  mixture: "model and own past",
  model: "model",
  ewma: "weighted mean",
  persistence: "last window",
  seasonal: "hour of the week",
  nothing: "nothing",
};

const POLICY_LABELS: Record<PolicyName, string> = {
  none: "do nothing",
  fifty_fifty: "50/50",
  persistence: "last window",
  ewma: "weighted mean",
  seasonal: "hour of the week",
  model: "model",
  hindsight: "needs known",
};

/** Gaps named one by one. */
const MOST_GAPS = 5;
/** Channels named one by one. */
const MOST_NAMES = 8;

/** A backtest for a terminal. */
export function backtestLines(result: Backtest): string[] {
  return [
    ...historyLines(result),
    "",
    ...forecastLines(result),
    "",
    ...policyLines(result),
  ];
}

function historyLines(result: Backtest): string[] {
  const { facts, format, withoutTime, withoutChannel, outOfOrder, rejected } = result;
  const days = (facts.lastMs - facts.firstMs) / DAY_MS;
  const longest = facts.gaps.slice(0, MOST_GAPS).map(({ fromMs, toMs }) =>
    `${isoTime(fromMs).slice(0, 10)} for ${formatDuration(toMs - fromMs)}`
  );
  const odd = [
    [withoutTime, "forwards without a time: left out"],
    [withoutChannel, "forwards that failed before they had an outgoing channel: left out"],
    [outOfOrder, "forwards listed after later ones (a clock that jumped?): sorted by time"],
    [rejected, "rows that contradict themselves or run backwards in time: left out"],
    [facts.retries, "failures that repeat one of the minutes before: counted once"],
  ] as const;
  const unknown = facts.withoutCapacity;
  return [
    `History (${format}): ${isoTime(facts.firstMs)} to ${isoTime(facts.lastMs)}, ` +
    `${Math.round(days)} days, ${facts.channels} channels`,
    `${facts.forwards} forwards, ${facts.settled} settled (${
      (facts.settled / days).toFixed(1)
    } a day, ${formatSat(facts.settledMsat / MSAT_PER_SAT)}, ${
      formatSat(facts.feesMsat / MSAT_PER_SAT)
    } earned), ${facts.unserved} failed here for lack of balance`,
    ...odd.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...(facts.unserved === 0
      ? [
        "No failure for lack of balance is logged: what an empty channel turned away is not known.",
      ]
      : []),
    ...(longest.length > 0
      ? [
        `${facts.gaps.length} silences of more than 3 days, labels that reach into them are open; ` +
        `the longest: ${longest.join(", ")}`,
      ]
      : []),
    ...(unknown.length > 0
      ? [
        `${unknown.length} channels are not in the file of channels, their capacity is assumed: ${
          unknown.slice(0, MOST_NAMES).join(", ")
        }${unknown.length > MOST_NAMES ? ", ..." : ""}`,
      ]
      : []),
  ];
}

function forecastLines({ forecasts, judged }: Backtest): string[] {
  const { origins, leftOut } = judged;
  const rows = forecasts.filter(({ side }) => side === "both").map((f) => [
    horizonText(f.horizonMs),
    FORECAST_LABELS[f.forecast],
    f.rows.toString(),
    formatSat(f.pinballSat),
    signed(f.againstBest.value),
    `${signed(f.againstBest.low)} to ${signed(f.againstBest.high)}`,
    f.forecast === "nothing" ? "-" : formatPercent(f.coverageMass.value),
    f.forecast === "nothing" ? "-" : formatPercent(f.coverage),
  ]);
  return [
    `Forecasts of needs, fitted ${origins.length} times on what was past, judged from ` +
    `${isoTime(origins[0].fromMs).slice(0, 10)} on:`,
    ...textTable([
      "ahead",
      "forecast",
      "needs",
      "pinball loss",
      "to best simple",
      "95 %",
      "80 % interval",
      "closed",
    ], rows),
    "to best simple: loss against the best simple forecast of that horizon; intervals by drawing weeks",
    "80 % interval: needs between the levels 0.1 and 0.9, no need counting by its part of the chance",
    "of none; closed: the same with both ends, which holds every need of nothing",
    ...leftOut.map(({ horizonMs, reason }) => `${horizonText(horizonMs)}: left out, ${reason}`),
  ];
}

function policyLines({ policies, assumptions }: Backtest): string[] {
  if (policies.length === 0) return [];
  const none = policies[0];
  const rows = policies.map((p) => {
    const gain = netGain(p, none);
    return [
      POLICY_LABELS[p.policy],
      formatPercent(p.served / p.forwards),
      formatSat(p.feesMsat / MSAT_PER_SAT),
      p.rebalances.toString(),
      formatSat(p.rebalancedSat),
      formatSat(p.costMsat / MSAT_PER_SAT),
      formatSat((p.feesMsat - p.costMsat) / MSAT_PER_SAT),
      p === none
        ? "-"
        : `${signed(gain.value - 1)} (${signed(gain.low - 1)} to ${signed(gain.high - 1)})`,
    ];
  });
  return [
    "What each policy would have earned, if",
    `- a rebalance costs ${assumptions.costPpm} ppm and works with ${
      formatPercent(assumptions.probability, 0)
    }, whatever its size, route and hour`,
    `- channels start half full, with ${
      assumptions.capacitiesSat === undefined
        ? "a capacity as wide as their net flow moved"
        : "the capacities given, else as wide as their net flow moved"
    }`,
    "- demand is what the log shows; what other balances, fees or routes would have drawn is not known",
    ...textTable([
      "policy",
      "carried",
      "fees",
      "rebalances",
      "moved",
      "cost",
      "net",
      "to doing nothing (95 %)",
    ], rows),
  ];
}

/** Net income over that of doing nothing, by weeks. */
export function netGain(policy: PolicyResult, none: PolicyResult) {
  const weeks = new Set([...policy.netByWeek.keys(), ...none.netByWeek.keys()]);
  const blocks = [...weeks].sort((a, b) => a - b).map((week) =>
    [policy.netByWeek.get(week) ?? 0, none.netByWeek.get(week) ?? 0] as const
  );
  return bootstrap(blocks, 1);
}

function signed(share: number): string {
  return `${share >= 0 ? "+" : ""}${formatPercent(share)}`;
}

/** A figure of a backtest for programs, in the form that all benchmarks have. */
export interface BacktestRow {
  bench: "backtest";
  case: string;
  metric: string;
  value: number;
  unit: string;
  peer: string | null;
  peer_value: number | null;
  /** Above 1 where ours is better. */
  ratio: number | null;
  runs: number;
  min: number;
  max: number;
}

/** Every figure: losses and coverage by horizon, side and forecast, net income by policy. */
export function backtestRows({ forecasts, policies, judged }: Backtest): BacktestRow[] {
  const runs = judged.origins.length;
  return [
    ...forecasts.flatMap((f) => forecastRows(f, runs)),
    ...policies.map((policy): BacktestRow => {
      const none = policies[0];
      const [net, peer] = [policy, none].map((p) => (p.feesMsat - p.costMsat) / MSAT_PER_SAT);
      const { low, high } = netGain(policy, none);
      return {
        ...{ bench: "backtest", case: `policy/${policy.policy}`, metric: "net_income", value: net },
        ...{ unit: "sat", peer: "none", peer_value: peer, ratio: net / peer, runs },
        ...{ min: low * peer, max: high * peer },
      };
    }),
  ];
}

function forecastRows(f: ForecastResult, runs: number): BacktestRow[] {
  const head = {
    bench: "backtest" as const,
    case: `${f.horizonMs / HOUR_MS}h/${f.side}/${f.forecast}`,
    runs,
  };
  const best = f.pinballSat / (1 + f.againstBest.value);
  return [
    {
      ...{ ...head, metric: "pinball_loss", value: f.pinballSat, unit: "sat" },
      ...{ peer: "best simple forecast", peer_value: best, ratio: best / f.pinballSat },
      ...{ min: best * (1 + f.againstBest.low), max: best * (1 + f.againstBest.high) },
    },
    {
      ...{ ...head, metric: "coverage_80", value: f.coverageMass.value, unit: "share" },
      ...{ peer: null, peer_value: null, ratio: null },
      ...{ min: f.coverageMass.low, max: f.coverageMass.high },
    },
  ];
}
