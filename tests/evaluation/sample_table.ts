import { HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import type { Forecaster, ForecastModel } from "../../lib/learning/mod.ts";
import {
  FEATURE_NAMES,
  type FeatureSample,
  type FeatureTable,
  tableFromSamples,
} from "../../lib/liquidity/mod.ts";
import type { RouteEstimator } from "../../lib/planning/mod.ts";

export const START_MS = Date.UTC(2026, 0, 5);
export const HORIZON_MS = 24 * HOUR_MS;

/** One row with the given features; all others are unknown. */
export function sample(
  channelId: string,
  features: Record<string, number>,
  head: Partial<FeatureSample> = {},
): FeatureSample {
  const vector = new Float64Array(FEATURE_NAMES.length).fill(NaN);
  for (const [name, value] of Object.entries(features)) vector[FEATURE_NAMES.indexOf(name)] = value;
  return {
    timeMs: START_MS,
    node: "node-a",
    channelId,
    peer: `peer of ${channelId}`,
    vector,
    ...head,
  };
}

/** Features of a channel that has been watched for a week. */
export function watched(capacity: number, local: number, more: Record<string, number> = {}) {
  return {
    capacity,
    local_balance: local,
    remote_balance: capacity - local,
    balance_ratio: local / capacity,
    tx_count: 100,
    hours_observed: 168,
    local_fee_rate_ppm: 500,
    out_sat_7d: 100_000,
    fees_msat_7d: 50_000,
    ...more,
  };
}

export function tableOf(samples: FeatureSample[]): FeatureTable {
  return tableFromSamples(samples, { featureNames: FEATURE_NAMES, horizonMs: HORIZON_MS });
}

/** So many channels of two nodes, every seventh watched too short. */
export function sampleTable(count: number, seed = 1): FeatureTable {
  const rng = seededRng(seed).fork("table");
  return tableOf(Array.from({ length: count }, (_, i) => {
    const capacity = 1_000_000 * (1 + rng.int(9));
    const local = Math.round(capacity * Math.sin(rng.float() * Math.PI / 2) ** 2);
    const hours_observed = i % 7 === 6 ? 3 : 168;
    return sample(`${800_000 + i}x1x0`, watched(capacity, local, { hours_observed }), {
      node: i % 3 === 0 ? "node-b" : "node-a",
    });
  }));
}

/** Forecasts outflow of half the capacity at each level, and inflow of a tenth. */
export const halfForecaster: Forecaster = {
  id: "model_half",
  horizonMs: HORIZON_MS,
  predict: (_, capacities) =>
    Array.from(capacities, (capacity) => ({
      horizonMs: HORIZON_MS,
      outboundNeed: { sat: [0.1, 0.3, 0.4, 0.5, 0.6].map((share) => share * capacity) },
      inboundNeed: { sat: [0, 0, 0.05, 0.1, 0.2].map((share) => share * capacity) },
      feesAtStakeMsat: capacity / 10,
    })),
};

/** Every route costs 50 ppm. */
export const cheapRoutes: RouteEstimator = ({ amountMsat }) => () => ({
  feeMsat: amountMsat * 50 / 1e6,
  probability: 0.8,
});

/** Every route costs a tenth of the amount. */
export const dearRoutes: RouteEstimator = ({ amountMsat }) => () => ({
  feeMsat: amountMsat / 10,
  probability: 0.8,
});

const score = (pinballSat: number) => ({
  ...{ rows: 100, pinballSat, medianErrorSat: 2 * pinballSat },
  ...{ coverage: 0.81, coverageActive: NaN, coverageMass: 0.8, feesErrorMsat: 3000 },
});

/** What a report needs of a model. */
export const reportedModel: Pick<ForecastModel, "id" | "meta" | "metrics" | "importance"> = {
  id: "model_half",
  metrics: {
    test: { model: score(900), ewma_fitted: score(1000), persistence: score(4000) },
    heldOutNodes: {},
  },
  meta: {
    id: "model_half",
    createdMs: START_MS,
    horizonMs: HORIZON_MS,
    scale: "balance" as ForecastModel["meta"]["scale"],
    calibration: { outbound: [], inbound: [] },
    baselineFactors: { outbound: [], inbound: [] },
    reachSat: { outbound: Infinity, inbound: Infinity },
    data: {
      ...{ fromMs: START_MS - 30 * HORIZON_MS, toMs: START_MS, rows: 5000, trainRows: 3000 },
      ...{ validationRows: 1000, nodes: 2, channels: 40 },
    },
    parameters: {},
    seed: 1,
    parent: null,
    scaler: "scaler_half.json",
    metrics: { test: {}, heldOutNodes: {} },
  },
  importance: () => [{ feature: "balance_ratio", share: 0.7 }, { feature: "capacity", share: 0.3 }],
};
