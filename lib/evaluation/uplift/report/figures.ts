import { type Calibration, calibrationOf, paid } from "./calibration.ts";
import type { PolicyName } from "../policies/mod.ts";
import { netMsat, type RunRecord, type SuggestionTally } from "../record.ts";
import type { ScenarioName } from "../scenarios.ts";
import { type Estimate, mean, median, overSeeds, signedLog } from "./statistics.ts";

/** Policies that others are compared with, where they ran. */
export const PEERS = [
  "none",
  "50/50@100",
  "evd50",
  "persistence",
  "persistence+routes",
] as const satisfies PolicyName[];
export type Peer = (typeof PEERS)[number];

/** What a policy came to in a scenario. */
export interface PolicyFigures {
  scenario: ScenarioName;
  policy: PolicyName;
  seeds: number;
  /** Nodes over all seeds. */
  nodes: number;
  /** Mean difference of the signed log of net income to the same nodes under a peer, by peer. */
  over: Partial<Record<Peer, Estimate>>;
  /** Uplift over nothing as a share of what `persistence+routes` has; NaN where that has none. */
  shareOfKnownRoutes: number | undefined;
  /** Net income of all operators together, sat a day. */
  pooledSatPerDay: Estimate;
  /** Net income of the node in the middle, over all seeds, sat a day. */
  medianSatPerDay: number;
  /** Share of nodes with more than 10 % less net income than without anyone acting. */
  losingShare: Estimate | undefined;
  spentSatPerDay: Estimate;
  /** Fee rate paid for what was moved, ppm; NaN where nothing was. */
  paidPpm: number;
  tally: SuggestionTally;
  /** Share of the payments of the whole network that arrived. */
  paymentSuccess: Estimate;
  /** Share of rebalances that earned more than their fee within the horizon; NaN without any. */
  paidShare: number;
  /** Only for policies that say how sure they are. */
  calibration: Calibration | undefined;
  coverage: Estimate | undefined;
  coverageAll: Estimate | undefined;
}

/** Policies that state a confidence of their own. */
const CONFIDENT: ReadonlySet<PolicyName> = new Set(["ours"]);
/** A node that earns so much less, as a share, loses. */
const LOSS_SHARE = 0.1;

/**
 * Figures of one policy from its records and its peers', matched by seed and node.
 *
 * @param records all records of one scenario
 * @param days in which income counted
 */
export function policyFigures(
  records: readonly RunRecord[],
  policy: PolicyName,
  days: number,
): PolicyFigures {
  const own = records.filter((record) => record.policy === policy);
  const nets = own.flatMap((record) => dailySat(record, days));
  const paybacks = own.flatMap((record) => record.paybacks);
  const sum = (value: (record: RunRecord) => number) =>
    own.reduce((all, record) => all + value(record), 0);
  const total = (record: RunRecord, key: "rebalanceCostMsat" | "rebalancedMsat") =>
    record.nodes.reduce((all, node) => all + node[key], 0);
  const none = paired(records, policy, "none");
  const known = paired(records, "persistence+routes", "none");
  const over = Object.fromEntries(
    PEERS.filter((peer) => peer !== policy).flatMap((peer) => {
      const pairs = paired(records, policy, peer);
      return pairs.length === 0 ? [] : [[peer, upliftOf(pairs, days)]];
    }),
  ) as Partial<Record<Peer, Estimate>>;
  return {
    scenario: own[0].scenario,
    policy,
    seeds: own.length,
    nodes: nets.length,
    over,
    shareOfKnownRoutes: over.none === undefined || known.length === 0
      ? undefined
      : shareOf(over.none, upliftOf(known, days)),
    pooledSatPerDay: overSeeds(own.map((record) => sumOf(dailySat(record, days)))),
    medianSatPerDay: median(nets),
    losingShare: none.length === 0 || policy === "none"
      ? undefined
      : overSeeds(none.map((pair) => losingShare(pair, days))),
    spentSatPerDay: overSeeds(
      own.map((record) => total(record, "rebalanceCostMsat") / 1000 / days),
    ),
    paidPpm: sum((r) => total(r, "rebalanceCostMsat")) / sum((r) => total(r, "rebalancedMsat")) *
      1e6,
    tally: tallyOf(own),
    paymentSuccess: overSeeds(own.map(({ settled, payments }) => settled / payments)),
    paidShare: mean(paybacks.map((payback) => paid(payback) ? 1 : 0)),
    calibration: CONFIDENT.has(policy) ? calibrationOf(paybacks) : undefined,
    coverage: forecastShare(own, "coverage"),
    coverageAll: forecastShare(own, "coverageAll"),
  };
}

/** A run and its peer's with the same seed. */
interface Pair {
  own: RunRecord;
  peer: RunRecord;
}

function paired(records: readonly RunRecord[], policy: PolicyName, peer: Peer): Pair[] {
  const peers = new Map(
    records.filter((record) => record.policy === peer).map((record) => [record.seed, record]),
  );
  return records.filter((record) => record.policy === policy).flatMap((own) => {
    const other = peers.get(own.seed);
    return other === undefined ? [] : [{ own, peer: other }];
  });
}

function upliftOf(pairs: readonly Pair[], days: number): Estimate {
  return overSeeds(pairs.map(({ own, peer }) => {
    const peers = dailySat(peer, days);
    return mean(dailySat(own, days).map((net, i) => signedLog(net) - signedLog(peers[i])));
  }));
}

function shareOf(part: Estimate, whole: Estimate): number {
  return whole.value > 0 ? part.value / whole.value : NaN;
}

function losingShare({ own, peer }: Pair, days: number): number {
  const peers = dailySat(peer, days);
  const nets = dailySat(own, days);
  return nets.filter((net, i) => net < peers[i] - LOSS_SHARE * Math.abs(peers[i])).length /
    nets.length;
}

/** Net income by node, sat a day. */
function dailySat({ nodes }: RunRecord, days: number): number[] {
  return nodes.map((node) => netMsat(node) / 1000 / days);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function tallyOf(records: readonly RunRecord[]): SuggestionTally {
  const sum = (key: keyof SuggestionTally) =>
    sumOf(records.map(({ suggestions }) => suggestions[key]));
  return {
    made: sum("made"),
    applied: sum("applied"),
    failed: sum("failed"),
    refused: sum("refused"),
    attempts: sum("attempts"),
    askedMsat: sum("askedMsat"),
    movedMsat: sum("movedMsat"),
  };
}

function forecastShare(
  records: readonly RunRecord[],
  key: "coverage" | "coverageAll",
): Estimate | undefined {
  const shares = records.map(({ forecasts }) => forecasts?.[key]).filter((share) =>
    share !== undefined && share !== null
  );
  return shares.length === 0 ? undefined : overSeeds(shares);
}
