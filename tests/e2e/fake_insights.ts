/** Seeded answers of the routes beside the live stream. */
import { DAY_MS, HOUR_MS, isoTime, seededRng } from "../../lib/core/mod.ts";
import type {
  ActivityView,
  ChannelHistoryView,
  ErrorHistoryView,
  ExecutionsView,
  FlowsView,
  HistoryView,
  LogView,
  ModelsView,
  NetworkView,
  TryView,
} from "../../lib/dashboard/app/insight_api.ts";
import type { SnapshotView } from "../../lib/dashboard/app/stream_events.ts";
import { generateNetwork } from "../../lib/network/mod.ts";
import { DATA_MS } from "./fake_data.ts";

const HOURS = 24 * 30;

/** Thirty days with more traffic by day than by night. */
export function fakeActivity(): ActivityView {
  const rng = seededRng(11).fork("activity");
  const hours = Array.from({ length: HOURS }, (_, i) => {
    const timeMs = Math.floor(DATA_MS / HOUR_MS) * HOUR_MS - (HOURS - 1 - i) * HOUR_MS;
    const day = 1 + Math.sin((timeMs / HOUR_MS % 24 - 8) / 24 * 2 * Math.PI);
    const settled = Math.round(4 * day * rng.float() + 1);
    const failed = rng.int(4);
    return {
      hour: isoTime(timeMs),
      settled,
      failed,
      lacked: Math.min(failed, rng.int(3)),
      out_msat: settled * 80_000_000,
      fees_msat: settled * 21_000,
      rebalances: i % 31 === 0 ? 1 : 0,
      rebalance_cost_msat: i % 31 === 0 ? 160_000 : 0,
    };
  });
  const judged = Array.from({ length: 14 }, (_, i) => ({
    day: isoTime(Math.floor(DATA_MS / DAY_MS - 14 + i) * DAY_MS),
    carried_out: i % 2 === 0,
    count: 3 + rng.int(4),
    paid: 2 + rng.int(2),
    projected_msat: 400_000 + rng.int(300_000),
    realised_msat: 250_000 + rng.int(300_000),
  }));
  const confidence = Array.from({ length: 10 }, (_, i) => {
    const count = i < 2 ? 0 : 4 + rng.int(30);
    const mean = (i + 0.5) / 10;
    return count === 0
      ? { count, mean: null, paid: null }
      : { count, mean, paid: Math.min(1, Math.max(0, mean + 0.08 * rng.normal())) };
  });
  return { now: isoTime(DATA_MS), hours, judged, confidence };
}

/** Forwards between the peers of a snapshot. */
export function fakeFlows({ channels }: SnapshotView, days: number): FlowsView {
  const rng = seededRng(12).fork("flows");
  const flows = Array.from({ length: Math.min(60, channels.length) }, () => {
    const [a, b] = [rng.int(12), 12 + rng.int(15)].map((i) => channels[i % channels.length]);
    const count = 1 + rng.int(40);
    const amount = Math.round(count * 50_000_000 * Math.exp(rng.normal()));
    return {
      node: a.node,
      in_peer: a.peer,
      out_peer: b.peer,
      count,
      amount_msat: amount,
      fees_msat: Math.round(amount * 3e-4),
    };
  }).sort((a, b) => b.amount_msat - a.amount_msat);
  return { days, flows };
}

/** A week of one channel. */
export function fakeHistory(snapshot: SnapshotView, channelId: string): ChannelHistoryView {
  const rng = seededRng(13).fork(channelId);
  const channel = snapshot.channels.find((c) => c.channel_id === channelId)!;
  const { capacity_sat: capacity, local_balance_sat: now } = channel;
  let local = now;
  const trail = Array.from({ length: 168 }, (_, i) => {
    if (i > 0) local = Math.min(capacity, Math.max(0, local + capacity * 0.03 * rng.normal()));
    const low = 0.25 + 0.1 * Math.sin(i / 24 * 2 * Math.PI);
    return {
      hour: isoTime(Math.floor(DATA_MS / HOUR_MS) * HOUR_MS - i * HOUR_MS),
      local_balance_sat: Math.round(local),
      low_ratio: i > 140 ? null : low,
      high_ratio: i > 140 ? null : low + 0.4,
    };
  }).reverse();
  const policy = {
    base_fee_msat: 1000,
    fee_rate_ppm: channel.local_fee_rate_ppm ?? 100,
    cltv_delta: 80,
    min_htlc_msat: 1000,
    max_htlc_msat: capacity * 990,
    disabled: false,
  };
  const reason = (feature: string, effect_sat: number, text: string) => ({
    ...{ feature, effect_sat, text },
  });
  return {
    trail,
    forwards: Array.from({ length: 12 }, (_, i) => ({
      seq: 1000 - i,
      time: isoTime(DATA_MS - i * 17 * 60_000),
      in_channel: i % 3 === 0 ? channelId : "800001x5x0",
      out_channel: i % 3 === 0 ? "800001x5x0" : channelId,
      in_amount_msat: 40_020_000 + i * 1_000_000,
      out_amount_msat: 40_000_000 + i * 1_000_000,
      outcome: i % 4 === 1 ? "failed_here" : "settled",
      ...(i % 4 === 1 ? { failure_reason: "insufficient_balance" } : {}),
    })),
    shortage: { days: 7, count: 23, amount_msat: 1_840_000_000 },
    local_policy: policy,
    remote_policy: { ...policy, fee_rate_ppm: 35, disabled: false },
    what_if: Array.from({ length: 41 }, (_, i) => {
      const share = i / 40;
      const value = (at: number) => 900_000 * Math.sqrt(at) - 500_000 * at ** 3;
      return {
        local_sat: Math.round(capacity * share),
        gain_msat: value(share) - value(now / capacity),
        short_outbound: Math.exp(-4 * share),
        short_inbound: Math.exp(-6 * (1 - share)),
      };
    }),
    reasons: {
      outbound: [
        reason(
          "out_24h",
          310_000,
          "outflow of the last day (412,000 sat) raises the outbound need by 310,000 sat",
        ),
        reason("hour", -120_000, "hour of the day (3) lowers the outbound need by 120,000 sat"),
        reason(
          "failures",
          40_000,
          "failures of the last 6 h (4) raises the outbound need by 40,000 sat",
        ),
      ],
      inbound: [
        reason(
          "in_7d",
          -95_000,
          "inflow of the last week (12,000 sat) lowers the inbound need by 95,000 sat",
        ),
      ],
    },
  };
}

/** A generated graph that holds the snapshot's node and its peers. */
export function fakeNetwork(snapshot: SnapshotView, nodes = 400): NetworkView {
  const network = generateNetwork({ nodes, rng: seededRng(14) });
  const ids = [...network.nodeIds], channels = [...network.channelIds];
  const ends = [...network.source], capacity_sat = [...network.capacitySat];
  const own = ids.push(snapshot.channels[0].node) - 1;
  snapshot.channels.forEach(({ channel_id, peer, capacity_sat: sat }, i) => {
    ids[i * 3] = peer;
    channels.push(channel_id);
    ends.push(own, i * 3);
    capacity_sat.push(sat);
  });
  return {
    nodes: ids,
    aliases: ids.map((id, i) => i === own ? "our node" : id.startsWith("peer") ? id : `node ${i}`),
    channels,
    ends,
    capacity_sat,
  };
}

/** Errors of ten days. */
export function fakeErrors(): ErrorHistoryView {
  return {
    points: Array.from({ length: 120 }, (_, i) => ({
      time: isoTime(DATA_MS - (119 - i) * 2 * HOUR_MS),
      losses: {
        model: 15_000 + 900 * Math.sin(i / 9),
        online: 14_300 + 700 * Math.sin(i / 9 + 0.4),
        ewma: 17_000 + 600 * Math.sin(i / 13),
        persistence: 22_000 + 900 * Math.cos(i / 11),
      },
      coverage: 0.79,
    })),
  };
}

/** Three models of the registry, the newest serving. */
export function fakeModels(): ModelsView {
  const model = (id: string, daysAgo: number, loss: number) => ({
    id,
    champion: daysAgo === 0,
    details: {
      created: isoTime(DATA_MS - daysAgo * DAY_MS - 2 * HOUR_MS),
      samples: 48_000 - 9000 * daysAgo,
      losses: { model: loss },
      importance: [
        { feature: "out_volume_24h", share: 0.31 },
        { feature: "local_balance", share: 0.22 },
        { feature: "in_volume_24h", share: 0.17 },
        { feature: "failures_6h", share: 0.12 },
        { feature: "hour_sin", share: 0.06 },
      ],
    },
  });
  return {
    serving: "model_20260109_120000",
    models: [
      model("model_20260109_120000", 0, 15_412),
      model("model_20260108_113000", 1, 16_037),
      model("model_initial_20260105_090000", 4, 18_220),
    ],
  };
}

/** Attempts that failed at one hop or another. */
function fakeTries(source: string, target: string, count: number): TryView[] {
  return Array.from({ length: count }, (_, i) => ({
    channels: [source, `81000${i}x3x0`, `81000${i}x9x1`, target],
    nodes: ["peer with a name 4", `node ${i}`, null, "our node"],
    amount_msat: 400_000_000 / (i + 1),
    fee_msat: 90_000 - 9000 * i,
    settled: false,
    failed_hop: 1 + i % 3,
    reason: i % 2 === 0 ? "temporary_channel_failure" : "insufficient_balance",
  }));
}

/** Execution that is switched on, with one rebalance under way and one that ended. */
export function fakeExecutions({ recommendations }: SnapshotView): ExecutionsView {
  const [first, second] = recommendations.suggestions;
  return {
    enabled: true,
    stopped: false,
    spending: { settled_msat: 312_000, reserved_msat: 96_000, budget_msat: 1_000_000 },
    executions: first === undefined ? [] : [{
      suggestion: { ...first, id: "run-1" },
      begun: isoTime(DATA_MS - 30_000),
      ended: null,
      attempts: [{ amount_msat: 400_000_000, state: "reserved", fee_msat: 0, reason: null }],
      tries: fakeTries(first.source_channel, first.target_channel, 5),
      under_way: [{
        channels: [first.source_channel, "810000x7x1", first.target_channel],
        nodes: ["peer with a name 4", "a node with a very long alias", "our node"],
        ...{ amount_msat: 200_000_000, fee_msat: 41_000 },
      }],
      result: null,
    }, {
      suggestion: { ...second, id: "run-2" },
      begun: isoTime(DATA_MS - HOUR_MS),
      ended: isoTime(DATA_MS - HOUR_MS + 20_000),
      attempts: [{ amount_msat: 350_000_000, state: "settled", fee_msat: 61_000, reason: null }],
      tries: [],
      under_way: [],
      result: { status: "applied", amount_msat: 350_000_000, fee_msat: 61_000 },
    }],
  };
}

/** Suggestions of the last days. */
export function fakeSuggestionHistory({ recommendations }: SnapshotView): HistoryView {
  return {
    suggestions: recommendations.suggestions.map((suggestion, i) => ({
      time: isoTime(DATA_MS - i * 3 * HOUR_MS),
      suggestion: { ...suggestion, id: `past-${i}` },
      result: i % 3 === 2 ? null : {
        status: i % 3 === 0 ? "applied" : "failed",
        amount_msat: suggestion.amount_msat,
        fee_msat: 61_000,
        ...(i % 3 === 1 ? { reason: "no route within the limit" } : {}),
        tries: fakeTries(suggestion.source_channel, suggestion.target_channel, i % 3),
      },
      judged: i < 3 ? null : {
        carried_out: i % 3 === 0,
        earned_msat: 40_000 * i,
        fee_msat: i % 3 === 0 ? 61_000 : 90_000,
      },
    })),
  };
}

/** The newest lines of a log. */
export function fakeLog(level: string | null): LogView {
  const levels = ["debug", "info", "warning", "error"];
  const lines = [
    ["info", "alerts", "over: the node has not answered for 12 min: connection refused"],
    [
      "warning",
      "alerts",
      "5 channels are about to run short of outbound liquidity; 5,000 sat are at stake",
    ],
    ["info", "server", "retraining promoted: loss 15,412 sat against 16,037 sat of the champion"],
    ["debug", "execution", "s1: 0 of 400000000 msat moved"],
    ["error", "server", "the plan could not be stored: Error: database or disk is full"],
    ["info", "server", "serving model_20260109_120000 at http://127.0.0.1:5001"],
  ].map(([level, room, text], i) => ({
    ...{ time: isoTime(DATA_MS - i * 97_000), level, room, text },
  }));
  const least = levels.indexOf(level ?? "info");
  return { lines: lines.filter(({ level }) => levels.indexOf(level) >= least) };
}

/** Part of what Prometheus reads. */
export const FAKE_METRICS = `# HELP lightning_lens_events_total events taken, by kind
lightning_lens_events_total{kind="forward"} 31200
lightning_lens_events_total{kind="channel_state"} 17011
lightning_lens_events_duplicate_total 12
lightning_lens_events_late_total 3
lightning_lens_events_refused_total 0
lightning_lens_events_pending 0
lightning_lens_commit_seconds_sum 4.2
lightning_lens_commit_seconds_count 1200
lightning_lens_journal_seq 48211
lightning_lens_channels 84
lightning_lens_renew_seconds_sum 1.9
lightning_lens_renew_seconds_count 60
lightning_lens_exports_total{outcome="done"} 14
lightning_lens_backups_total{outcome="done"} 1
lightning_lens_live_readers 2
lightning_lens_live_skips_total 0
lightning_lens_resident_memory_bytes 183500800
lightning_lens_model_age_seconds 7200
`;
