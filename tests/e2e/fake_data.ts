import { HOUR_MS, isoTime, seededRng } from "../../lib/core/mod.ts";
import type {
  ChannelView,
  DecisionView,
  PerformanceView,
  PredictionView,
  RecommendationsView,
  SimulationView,
  SuggestionView,
  TwinView,
} from "../../lib/dashboard/app/api.ts";
import type { SnapshotView } from "../../lib/dashboard/app/stream_events.ts";
import type { AlertsView } from "../../lib/dashboard/app/insight_api.ts";

/** Virtual time of all seeded data. */
export const DATA_MS = Date.UTC(2026, 0, 9, 13, 45);
const OWN_NODE = "02".padEnd(66, "c4");

/** Channels of one node with U-shaped balances. */
export function fakeChannels(count: number, seed = 1): ChannelView[] {
  const rng = seededRng(seed).fork("channels");
  return Array.from({ length: count }, (_, index) => {
    const capacity = 250_000 * (1 + rng.int(40));
    const local = Math.round(capacity * Math.sin(rng.float() * Math.PI / 2) ** 2);
    return {
      node: OWN_NODE,
      node_alias: null,
      channel_id: `${800_000 + index}x${rng.int(2000)}x${rng.int(3)}`,
      peer: index % 4 === 0
        ? `02${index}`.padEnd(66, "5a")
        : `03${(rng.int(2 ** 31) * 977).toString(16)}`.padEnd(66, "7e"),
      peer_alias: index % 4 === 0 ? `peer with a name ${index}` : null,
      capacity_sat: capacity,
      local_balance_sat: local,
      remote_balance_sat: capacity - local,
      balance_ratio: local / capacity,
      active: index % 17 !== 16,
      local_fee_rate_ppm: 100 + rng.int(900),
      last_update: isoTime(DATA_MS - rng.int(600) * 1000),
    };
  });
}

/** Forecasts of all channels but a tenth, which are still learning. */
export function fakePredictions(channels: ChannelView[], seed = 2): PredictionView[] {
  const rng = seededRng(seed).fork("predictions");
  return channels.map(({ node, channel_id, capacity_sat: capacity, balance_ratio }, index) => {
    const needs = () => {
      const median = capacity * 0.3 * rng.float() ** 2;
      return [0.3, 0.6, 1, 1.6, 2.4].map((factor) =>
        Math.round(Math.min(capacity, median * factor))
      );
    };
    const [out, into] = [needs(), needs()];
    const low = Math.min(out[3] / capacity, 0.9);
    const high = Math.max(low, 1 - into[3] / capacity);
    const known = index % 10 !== 9;
    const orNull = <T>(value: T) => known ? value : null;
    return {
      node,
      channel_id,
      optimal_ratio: orNull((low + high) / 2),
      low_ratio: orNull(low),
      high_ratio: orNull(high),
      short_outbound: orNull(Math.min(1, Math.max(0, 0.3 + (low - balance_ratio) * 2))),
      short_inbound: orNull(Math.min(1, Math.max(0, 0.2 + (balance_ratio - high) * 2))),
      outbound_need_sat: orNull(out),
      inbound_need_sat: orNull(into),
      levels: [0.1, 0.25, 0.5, 0.75, 0.9],
      fees_at_stake_msat: orNull(Math.round(Math.exp(9 + 2 * rng.normal()))),
      horizon_hours: orNull(24),
      forwards_seen: rng.int(400),
    };
  });
}

/** A plan with so many suggestions, and a decision for every channel. */
export function fakeRecommendations(
  channels: ChannelView[],
  predictions: PredictionView[],
  count: number,
): RecommendationsView {
  const rng = seededRng(5).fork("plan");
  const suggestions = Array.from({ length: count }, (_, index): SuggestionView => {
    const [source, target] = [channels[index * 4 + 1], channels[index * 4 + 3]];
    const gain = 60_000 + rng.int(900_000);
    const fee = Math.round(gain * (0.1 + rng.float() * 0.5));
    return {
      id: `s${index}`,
      node: OWN_NODE,
      source_channel: source.channel_id,
      target_channel: target.channel_id,
      source_node: source.peer,
      target_node: target.peer,
      amount_msat: 50_000_000 * (1 + rng.int(20)),
      fee_limit_msat: Math.round(fee * 1.5),
      expected_gain_msat: gain,
      expected_fee_msat: fee,
      confidence: 0.55 + rng.float() * 0.44,
      source_optimal_ratio: 0.4,
      target_optimal_ratio: 0.6,
      expires_at: isoTime(DATA_MS + HOUR_MS),
      reasons: [
        "the target expects an outflow of 210,000 sat (median) to 820,000 sat (90 %) within 1 d and holds 110,000 sat",
        "it earns 640 ppm going out; its chance to run short is 71 %",
        "the source holds 91 % of its capacity and earns 35 ppm going out",
      ],
    };
  });
  const decisions = channels.map((channel, index) =>
    decision(channel, predictions[index], suggestions)
  );
  return {
    time: isoTime(DATA_MS),
    model: "model_20260109_120000",
    suggestions,
    dismissed: [],
    decisions,
  };
}

function decision(
  { node, channel_id, balance_ratio: ratio }: ChannelView,
  { low_ratio: low, high_ratio: high }: PredictionView,
  suggestions: SuggestionView[],
): DecisionView {
  const made = (code: string, reason: string, suggestion_id: string | null = null) => ({
    ...{ node, channel_id, code, reason, suggestion_id },
  });
  const taken = suggestions.find((s) => s.target_channel === channel_id);
  if (taken) return made("suggested_target", "take in 350,000 sat for at most 96 sat", taken.id);
  const giving = suggestions.find((s) => s.source_channel === channel_id);
  if (giving) return made("suggested_source", "give 350,000 sat for at most 96 sat", giving.id);
  if (low === null || high === null) {
    return made("learning", "watched for 4 h, 3 forwards: too little for a forecast yet");
  }
  const interval = `${Math.round(low * 100)} % to ${Math.round(high * 100)} %`;
  if (ratio >= low && ratio <= high) {
    return made("balanced", `${Math.round(ratio * 100)} % is within the optimal ${interval}`);
  }
  return ratio > high
    ? made("no_target", `above the optimal ${interval}, but no channel gains by it`)
    : made(
      "too_expensive",
      "the cheapest route costs 512 sat for 400,000 sat: more than 71 % of the gain",
    );
}

/** Errors of the model a tenth below the best baseline's. */
export function fakePerformance(): PerformanceView {
  return {
    model: "model_20260109_120000",
    serving_since: isoTime(DATA_MS - 2 * HOUR_MS),
    event_time: isoTime(DATA_MS),
    events: 48_211,
    channels: 84,
    retraining: false,
    last_retraining: {
      status: "promoted",
      model: "model_20260109_120000",
      reason: "loss 15,412 sat against 16,037 sat of the champion",
      finished: isoTime(DATA_MS - 2 * HOUR_MS),
    },
    drift: { state: "steady", level: 0.21, alarms: 0, last_alarm: null },
    metrics: {
      samples: 1843,
      losses: { model: 15_412, online: 14_391, ewma: 16_890, persistence: 22_611 },
      coverage: { model: 0.741, online: 0.793 },
      correcting: true,
    },
  };
}

/** The twins at so many hours of virtual time before {@linkcode DATA_MS}. */
export function fakeTwin(hoursBefore: number): TwinView {
  const hours = 96 - hoursBefore;
  const lens = 118_000 * hours + 6000 * (hours % 7) + 240 * hours ** 2;
  const baseline = 118_000 * hours + 9000 * (hours % 5);
  const figures = (net: number, paid: number, success_rate: number) => ({
    payments: 250 * hours,
    success_rate,
    fees_earned_msat: net + paid,
    rebalance_cost_msat: paid,
    net_income_msat: net,
  });
  return {
    time: isoTime(DATA_MS - hoursBefore * HOUR_MS),
    lens: figures(lens, 1_930_000, 0.8934),
    baseline: figures(baseline, 0, 0.8611),
    gain_msat: lens - baseline,
  };
}

/** A simulation at 600 times the pace of the clock, with a node offline and more payments than usual. */
export function fakeSimulation(): SimulationView {
  const { lens, baseline } = fakeTwin(0);
  return {
    time: isoTime(DATA_MS),
    ...{ speed: 3600, reached: 3512, seed: 1, nodes: 500, channels: 2310 },
    operators: Array.from({ length: 10 }, (_, i) => ({
      id: `02${i}`.padEnd(66, "c4"),
      alias: i % 2 === 0 ? `operator ${i}` : "",
    })),
    ...{ payments: 24_000, success_rate: 0.8934, in_flight: 3 },
    suggestions: { applied: 41, refused: 3, failed: 12 },
    faults: [
      {
        kind: "offline",
        node: "020".padEnd(66, "c4"),
        until: isoTime(DATA_MS + 5 * HOUR_MS),
      },
      { kind: "traffic", factor: 2, until: null },
    ],
    lens: { ...lens, forwards: 3120 },
    baseline: { ...baseline, forwards: 2890 },
  };
}

/** Alerts: several channels about to drain, one of them silenced, and drift. */
export function fakeAlerts(channels: ChannelView[]): AlertsView {
  const since = "2026-01-09T11:00:00.000Z";
  const draining = channels.slice(0, 5).map(({ channel_id, peer, peer_alias, node }, i) => ({
    code: "channel_draining",
    key: `channel_draining:${node}/${channel_id}`,
    text: `channel ${channel_id} to ${
      peer_alias ?? peer
    } is about to run short of outbound liquidity (9${i} % within 1 d); ${
      1200 - 100 * i
    } sat of fees are at stake`,
    advice: "look at its recommendation; raise its fee if no rebalance pays",
    brief: `${channel_id} to ${peer_alias ?? peer} (9${i} %, ${1200 - 100 * i} sat)`,
    stake_sat: 1200 - 100 * i,
    since,
    silenced_until: i === 1 ? "2026-01-10T11:00:00.000Z" : null,
  }));
  return {
    alerts: [...draining, {
      ...{ code: "drift", key: "drift", brief: null, stake_sat: null, since, silenced_until: null },
      text: "the network is not what the model was trained on: its errors went up",
      advice: "retraining was begun early; recommendations are less sure until it ends",
    }],
  };
}

/** All that a stream begins with. */
export function fakeSnapshot(channelCount: number, suggestionCount: number): SnapshotView {
  const channels = fakeChannels(channelCount);
  const predictions = fakePredictions(channels);
  return {
    channels,
    predictions,
    recommendations: fakeRecommendations(channels, predictions, suggestionCount),
    performance: fakePerformance(),
    alerts: { alerts: [] },
    simulation: null,
    twin: fakeTwin(96),
    twin_history: [],
    totals: {
      payments: 24_000,
      payments_succeeded: 21_442,
      forwards: 3120,
      forwards_settled: 2410,
      forwards_lacking: 173,
      fees_earned_msat: 15_226_000,
      rebalances_applied: 41,
      rebalance_cost_msat: 1_930_000,
    },
  };
}

/** What a server that has seen nothing begins its streams with. */
export function emptySnapshot(): SnapshotView {
  return {
    channels: [],
    predictions: [],
    recommendations: { time: null, model: null, suggestions: [], dismissed: [], decisions: [] },
    performance: {
      ...fakePerformance(),
      ...{ model: null, serving_since: null, event_time: null, events: 0, channels: 0 },
      ...{ last_retraining: null, drift: null, metrics: {} },
    },
    ...{ alerts: { alerts: [] }, simulation: null },
    twin: null,
    twin_history: [],
    totals: {
      ...{
        payments: 0,
        payments_succeeded: 0,
        forwards: 0,
        forwards_settled: 0,
        forwards_lacking: 0,
      },
      ...{ fees_earned_msat: 0, rebalances_applied: 0, rebalance_cost_msat: 0 },
    },
  };
}
