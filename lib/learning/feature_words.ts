import { formatNumber, formatPercent, formatPpm, formatSat, MSAT_PER_SAT } from "../core/mod.ts";
import { FEATURE_NAMES } from "../liquidity/mod.ts";

/** How a feature is called, and how its values are written. */
export interface FeatureWords {
  /** With its article, fit for the beginning of a clause: `the outflow of the last 3 days`. */
  words: string;
  value: (value: number) => string;
}

type Writer = FeatureWords["value"];

const sat: Writer = formatSat;
const satADay: Writer = (value) => `${formatSat(value)} a day`;
const feesADay: Writer = (value) => `${formatSat(value / MSAT_PER_SAT)} a day`;
const countADay: Writer = (value) => `${number(value)} a day`;
const share: Writer = (value) => formatPercent(value, 0);
const hours: Writer = (value) => value < 48 ? `${number(value)} h` : `${number(value / 24)} days`;
const msat: Writer = (value) => `${number(value)} msat`;
const plain: Writer = (value) => number(value);

function number(value: number): string {
  return formatNumber(Number(value.toPrecision(2)));
}

/** Of decayed sums and of windows alike, as said of the past. */
const SPANS: Record<string, string> = {
  "1h": "hour",
  "6h": "6 hours",
  "24h": "day",
  "72h": "3 days",
  "7d": "week",
  "28d": "4 weeks",
};

const FIXED: Record<string, FeatureWords> = {
  capacity: { words: "the capacity", value: sat },
  local_balance: { words: "the local balance", value: sat },
  remote_balance: { words: "the remote balance", value: sat },
  balance_ratio: { words: "the balance ratio", value: share },
  tx_count: { words: "the number of forwards tried lately", value: plain },
  success_rate: { words: "the share of forwards that settled", value: share },
  avg_amount: { words: "the usual size of a forward", value: sat },
  daily_outbound_need_mean: { words: "the mean daily outbound need of the week", value: sat },
  daily_outbound_need_max: { words: "the largest daily outbound need of the week", value: sat },
  daily_inbound_need_mean: { words: "the mean daily inbound need of the week", value: sat },
  daily_inbound_need_max: { words: "the largest daily inbound need of the week", value: sat },
  hours_since_out: { words: "the time since something went out", value: hours },
  hours_since_in: { words: "the time since something came in", value: hours },
  hours_observed: { words: "the time it has been watched", value: hours },
  local_base_fee_msat: { words: "the own base fee", value: msat },
  local_fee_rate_ppm: { words: "the own fee rate", value: formatPpm },
  remote_base_fee_msat: { words: "the peer's base fee", value: msat },
  remote_fee_rate_ppm: { words: "the peer's fee rate", value: formatPpm },
  hour_sin: { words: "the hour of the day", value: () => "" },
  hour_cos: { words: "the hour of the day", value: () => "" },
  weekday_sin: { words: "the day of the week", value: () => "" },
  weekday_cos: { words: "the day of the week", value: () => "" },
  empty_share_24h: { words: "the time without local balance in the last day", value: share },
  full_share_24h: { words: "the time without remote balance in the last day", value: share },
  peer_out_sat_24h: { words: "the outflow to this peer in the last day", value: satADay },
  peer_in_sat_24h: { words: "the inflow from this peer in the last day", value: satADay },
  peer_local_ratio: { words: "the balance ratio of all channels with this peer", value: share },
  peer_parallel_channels: { words: "the number of channels with this peer", value: plain },
  node_out_sat_24h: { words: "what the whole node sent out in the last day", value: satADay },
  node_out_sat_7d: { words: "what the whole node sent out in the last week", value: satADay },
  node_local_ratio: { words: "the balance ratio of the whole node", value: share },
  node_channels: { words: "the number of the node's channels", value: plain },
  peer_graph_channels: { words: "the number of the peer's channels", value: plain },
  peer_graph_capacity: { words: "the peer's capacity in the network", value: sat },
};

/** Features that exist for several spans: what they are called before `of the last ...`. */
const SPANNED: Record<string, FeatureWords> = {
  out_sat: { words: "the outflow", value: satADay },
  in_sat: { words: "the inflow", value: satADay },
  net_sat: { words: "the net outflow", value: satADay },
  out_count: { words: "the number of forwards out", value: countADay },
  in_count: { words: "the number of forwards in", value: countADay },
  unserved_sat: { words: "what found no balance", value: satADay },
  unserved_count: { words: "the number of forwards that found no balance", value: countADay },
  flow_deviation: { words: "the ups and downs of the flow", value: sat },
  fees_msat: { words: "the fees at stake", value: feesADay },
  past_outbound_need: { words: "the outbound need", value: sat },
  past_inbound_need: { words: "the inbound need", value: sat },
};

/** The words of a feature. A name that is none of `FEATURE_NAMES` is its own word. */
export function featureWords(name: string): FeatureWords {
  const fixed = FIXED[name];
  if (fixed !== undefined) return fixed;
  const at = name.lastIndexOf("_");
  const spanned = SPANNED[name.slice(0, at)];
  const span = SPANS[name.slice(at + 1)];
  if (spanned === undefined || span === undefined) return { words: name, value: plain };
  return { words: `${spanned.words} of the last ${span}`, value: spanned.value };
}

/** Features without words; empty unless one was added and this table forgotten. */
export function featuresWithoutWords(): string[] {
  return FEATURE_NAMES.filter((name) => featureWords(name).words === name);
}
