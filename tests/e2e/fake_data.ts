import { HOUR_MS, isoTime, seededRng } from "../../lib/core/mod.ts";
import type {
  ChannelItem,
  Performance,
  RecommendationItem,
  Recommendations,
  Twin,
} from "../../lib/dashboard/app/api.ts";

/** Virtual time of all seeded data. */
export const DATA_MS = Date.UTC(2026, 0, 9, 13, 45);
const OWN_NODE = "02".padEnd(66, "c4");

/** Channels of one node with U-shaped balances, a tenth of them still learning. */
export function fakeChannels(count: number, seed = 1): ChannelItem[] {
  const rng = seededRng(seed).fork("channels");
  return Array.from({ length: count }, (_, index) => {
    const capacity = 250_000 * (1 + rng.int(40));
    const local = Math.round(capacity * Math.sin(rng.float() * Math.PI / 2) ** 2);
    const learning = index % 10 === 9;
    const needs = () => {
      const median = capacity * 0.3 * rng.float() ** 2;
      return [0.3, 0.6, 1, 1.6, 2.4].map((factor) =>
        Math.round(Math.min(capacity, median * factor))
      );
    };
    const [out, into] = [needs(), needs()];
    const low = Math.min(out[3] / capacity, 0.9);
    const high = Math.max(low, 1 - into[3] / capacity);
    const ratio = local / capacity;
    const peer = index % 4 === 0
      ? `peer with a name ${index}`
      : `03${(rng.int(2 ** 31) * 977).toString(16)}`.padEnd(66, "7e");
    return {
      node: OWN_NODE,
      channel_id: `${800_000 + index}x${rng.int(2000)}x${rng.int(3)}`,
      peer,
      capacity_sat: capacity,
      local_balance_sat: local,
      remote_balance_sat: capacity - local,
      balance_ratio: ratio,
      optimal_ratio: learning ? null : (low + high) / 2,
      optimal_low: learning ? null : low,
      optimal_high: learning ? null : high,
      short_outbound: learning ? null : Math.min(1, Math.max(0, 0.4 + (low - ratio) * 2)),
      short_inbound: learning ? null : Math.min(1, Math.max(0, 0.3 + (ratio - high) * 2)),
      outbound_need_sat: learning ? null : out,
      inbound_need_sat: learning ? null : into,
      fees_at_stake_msat: learning ? null : Math.round(Math.exp(9 + 2 * rng.normal())),
      confidence: learning ? null : 0.5 + rng.float() / 2,
      decision: decision(learning, ratio, low, high, index),
      updated_at: isoTime(DATA_MS - rng.int(600) * 1000),
    };
  });
}

function decision(learning: boolean, ratio: number, low: number, high: number, index: number) {
  if (learning) {
    return { code: "learning", reason: "3 forwards seen in 4 h; a forecast needs 20 and a day." };
  }
  if (ratio >= low && ratio <= high) {
    return { code: "balanced", reason: `${Math.round(ratio * 100)} % lies within the interval.` };
  }
  if (index % 3 === 0) {
    return {
      code: ratio < low ? "suggested_target" : "suggested_source",
      reason: "A rebalance of 350,000 sat is expected to bring 412 sat for 96 sat of fees.",
      suggestion_id: `s${index}`,
    };
  }
  return {
    code: "too_expensive",
    reason: "The cheapest route known costs 512 sat; 310 sat would be gained within the horizon.",
  };
}

/** A plan with so many suggestions between the channels. */
export function fakeRecommendations(channels: ChannelItem[], count: number): Recommendations {
  const rng = seededRng(5).fork("plan");
  const items = Array.from({ length: count }, (_, index): RecommendationItem => {
    const [source, target] = [channels[(index * 2 + 1) % channels.length], channels[index * 3]];
    const gain = 60 + rng.int(900);
    const fee = Math.round(gain * (0.1 + rng.float() * 0.5));
    return {
      id: `s${index}`,
      node: OWN_NODE,
      source_channel: source.channel_id,
      target_channel: target.channel_id,
      source_node: source.peer,
      target_node: target.peer,
      amount_sat: 50_000 * (1 + rng.int(20)),
      fee_limit_sat: Math.round(fee * 1.5),
      expected_gain_sat: gain,
      expected_fee_sat: fee,
      confidence: 0.55 + rng.float() * 0.44,
      source_optimal_ratio: 0.4,
      target_optimal_ratio: 0.6,
      expires_at: isoTime(DATA_MS + HOUR_MS),
      reasons: [
        "The target needs 820,000 sat outbound within 24 h with 75 % probability and holds 110,000 sat.",
        "The source is expected to send 40,000 sat and holds 2.1 M sat.",
      ],
      status: index === 1 ? "applied" : undefined,
    };
  });
  const decisions = channels.map(({ node, channel_id, decision }) => ({
    node,
    channel_id,
    ...decision!,
  }));
  return { timestamp: isoTime(DATA_MS), items, decisions };
}

/** Errors of the model a tenth below the best baseline's. */
export function fakePerformance(): Performance {
  return {
    model: { id: "model_20260109_120000", trained_at: isoTime(DATA_MS - 2 * HOUR_MS) },
    samples: 1843,
    losses: { model: 0.0412, online: 0.0391, persistence: 0.0611, ewma: 0.0459, half: 0.0983 },
    coverage_80: 0.783,
  };
}

/** Four days of two twins. */
export function fakeTwin(): Twin {
  const rng = seededRng(3).fork("twin");
  let [lens, twin] = [0, 0];
  const history = Array.from({ length: 97 }, (_, hour) => {
    const common = rng.exponential() * 120;
    lens += common + (hour > 6 ? rng.exponential() * 25 : -10);
    twin += common;
    return {
      timestamp: isoTime(DATA_MS - (96 - hour) * HOUR_MS),
      lens_net_sat: Math.round(lens),
      twin_net_sat: Math.round(twin),
    };
  });
  return {
    virtual_time: isoTime(DATA_MS),
    lens: {
      success_rate: 0.893,
      net_income_sat: Math.round(lens),
      fees_earned_sat: Math.round(lens + 1930),
      rebalance_fees_sat: 1930,
      applied: 41,
      refused: 3,
      failed: 12,
    },
    twin: { success_rate: 0.861, net_income_sat: Math.round(twin) },
    history,
  };
}
