import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import { type ChannelTrack, hoursSince } from "./channel_track.ts";
import { HALF_LIFE_NAMES, HALF_LIVES_MS } from "./flow_memory.ts";

/** What a channel graph says of a node; set where it is known. */
export interface PeerFacts {
  /** Channels of the node in the whole graph. */
  channels: number;
  capacitySat: number;
}

/** What a vector is made from. */
export interface VectorSource {
  track: ChannelTrack;
  timeMs: number;
  peerFacts?: PeerFacts;
}

const DAY = HALF_LIFE_NAMES.indexOf("24h");
const WEEK = HALF_LIFE_NAMES.indexOf("7d");
const PAST_WINDOWS = [["6h", 6], ["24h", 24], ["72h", 72], ["7d", 168]] as const;

type Group = { names: readonly string[]; write: (source: VectorSource) => number[] };

/** First the columns of the original project under their names, then ours, group by group. */
const GROUPS: readonly Group[] = [
  {
    names: [
      "capacity",
      "local_balance",
      "remote_balance",
      "balance_ratio",
      "tx_count",
      "success_rate",
      "avg_amount",
    ],
    write: ({ track, timeMs }) => {
      const state = track.state;
      return [
        state?.capacitySat ?? NaN,
        state?.localBalanceSat ?? NaN,
        state?.remoteBalanceSat ?? NaN,
        state === undefined ? NaN : state.localBalanceSat / state.capacitySat,
        ...attemptFeatures(track, timeMs),
      ];
    },
  },
  ...HALF_LIVES_MS.map((_, h): Group => ({
    names: [
      "out_sat",
      "in_sat",
      "net_sat",
      "out_count",
      "in_count",
      "unserved_sat",
      "flow_deviation",
    ].map((name) => `${name}_${HALF_LIFE_NAMES[h]}`),
    write: ({ track, timeMs }) => flowFeatures(track, h, timeMs),
  })),
  {
    names: ["fees_msat_24h", "fees_msat_7d", "unserved_count_24h", "unserved_count_7d"],
    write: ({ track, timeMs }) => {
      const observed = track.observedMs(timeMs);
      return [DAY, WEEK].map((h) => track.flows.ratePerDay("feeMsat", h, timeMs, observed)).concat(
        [DAY, WEEK].map((h) => track.flows.ratePerDay("unservedCount", h, timeMs, observed)),
      );
    },
  },
  {
    names: PAST_WINDOWS.flatMap(([name]) => [
      `past_outbound_need_${name}`,
      `past_inbound_need_${name}`,
    ]),
    write: ({ track, timeMs }) =>
      PAST_WINDOWS.flatMap(([, hours]) => {
        const needs = track.hours.needs(timeMs, hours);
        return [needs.outboundSat, needs.inboundSat];
      }),
  },
  {
    names: [
      "daily_outbound_need_mean",
      "daily_outbound_need_max",
      "daily_inbound_need_mean",
      "daily_inbound_need_max",
    ],
    write: dailyNeeds,
  },
  {
    names: ["hours_since_out", "hours_since_in", "hours_observed"],
    write: ({ track, timeMs }) => [
      hoursSince(track.lastOutMs, timeMs),
      hoursSince(track.lastInMs, timeMs),
      track.observedMs(timeMs) / HOUR_MS,
    ],
  },
  {
    names: [
      "local_base_fee_msat",
      "local_fee_rate_ppm",
      "remote_base_fee_msat",
      "remote_fee_rate_ppm",
    ],
    write: ({ track }) =>
      [track.state?.localPolicy, track.state?.remotePolicy].flatMap(
        (policy) => [policy?.baseFeeMsat ?? NaN, policy?.feeRatePpm ?? NaN],
      ),
  },
  { names: ["hour_sin", "hour_cos", "weekday_sin", "weekday_cos"], write: calendar },
  {
    names: ["empty_share_24h", "full_share_24h"],
    write: ({ track, timeMs }) => {
      const { empty, full } = track.shares(timeMs);
      return [empty, full];
    },
  },
  {
    names: ["peer_out_sat_24h", "peer_in_sat_24h", "peer_local_ratio", "peer_parallel_channels"],
    write: peerFeatures,
  },
  {
    names: ["node_out_sat_24h", "node_out_sat_7d", "node_local_ratio", "node_channels"],
    write: ({ track, timeMs }) => {
      const { node } = track;
      const observed = Math.max(0, timeMs - node.firstSeenMs);
      return [
        node.flows.ratePerDay("outSat", DAY, timeMs, observed),
        node.flows.ratePerDay("outSat", WEEK, timeMs, observed),
        node.capacitySat > 0 ? node.localSat / node.capacitySat : NaN,
        node.channels > 0 ? node.channels : NaN,
      ];
    },
  },
  {
    names: ["peer_graph_channels", "peer_graph_capacity"],
    write: ({ peerFacts }) => [peerFacts?.channels ?? NaN, peerFacts?.capacitySat ?? NaN],
  },
];

/**
 * Columns of a feature vector. Amounts in sat (a day, where decayed), fees in msat, ratios 0 to 1;
 * NaN for what is unknown.
 */
export const FEATURE_NAMES: readonly string[] = GROUPS.flatMap((group) => group.names);

/** Writes the vector of a channel into `out`, of length {@linkcode FEATURE_NAMES}. */
export function writeVector(source: VectorSource, out: Float64Array): Float64Array {
  let at = 0;
  for (const group of GROUPS) {
    out.set(group.write(source), at);
    at += group.names.length;
  }
  return out;
}

/** Attempts (decayed over a week, as a number), share settled, mean amount (sat). */
function attemptFeatures(track: ChannelTrack, timeMs: number): number[] {
  const attempts = track.attempts.at(timeMs);
  if (attempts > 0) {
    return [
      attempts,
      track.settled.at(timeMs) / attempts,
      track.attemptedSat.at(timeMs) / attempts,
    ];
  }
  // A node that shows payments but no forwards: what its payments did.
  const { node } = track;
  const payments = node.payments.at(timeMs);
  return payments > 0
    ? [payments, node.paid.at(timeMs) / payments, node.paidSat.at(timeMs) / payments]
    : [0, NaN, NaN];
}

function flowFeatures(track: ChannelTrack, halfLife: number, timeMs: number): number[] {
  const { flows } = track;
  const scale = flows.dailyScale(halfLife, timeMs, track.observedMs(timeMs));
  const out = flows.kept("outSat", halfLife) * scale;
  const into = flows.kept("inSat", halfLife) * scale;
  return [
    out,
    into,
    out - into,
    flows.kept("outCount", halfLife) * scale,
    flows.kept("inCount", halfLife) * scale,
    flows.kept("unservedSat", halfLife) * scale,
    Math.sqrt(flows.kept("squareSat", halfLife) * scale),
  ];
}

/** Mean and maximum of the needs of the last seven windows of 24 whole hours. */
function dailyNeeds({ track, timeMs }: VectorSource): number[] {
  const days = Math.min(7, Math.max(1, Math.floor(track.observedMs(timeMs) / DAY_MS)));
  let [outSum, outMax, inSum, inMax] = [0, 0, 0, 0];
  for (let day = 0; day < days; day++) {
    const { outboundSat, inboundSat } = track.hours.needs(timeMs, 24, 1 + day * 24);
    outSum += outboundSat;
    inSum += inboundSat;
    outMax = Math.max(outMax, outboundSat);
    inMax = Math.max(inMax, inboundSat);
  }
  return [outSum / days, outMax, inSum / days, inMax];
}

/** Hour of the day and day of the week, UTC, as points on circles. */
function calendar({ timeMs }: VectorSource): number[] {
  const day = 2 * Math.PI * (timeMs % DAY_MS) / DAY_MS;
  const week = 2 * Math.PI * (timeMs % (7 * DAY_MS)) / (7 * DAY_MS);
  return [Math.sin(day), Math.cos(day), Math.sin(week), Math.cos(week)];
}

function peerFeatures({ track, timeMs }: VectorSource): number[] {
  const peer = track.state && track.node.peers.get(track.state.peer);
  if (peer === undefined) return [NaN, NaN, NaN, NaN];
  const observed = track.observedMs(timeMs);
  return [
    peer.flows.ratePerDay("outSat", DAY, timeMs, observed),
    peer.flows.ratePerDay("inSat", DAY, timeMs, observed),
    peer.capacitySat > 0 ? peer.localSat / peer.capacitySat : NaN,
    peer.channels,
  ];
}
