import { HOUR_MS } from "../../lib/core/mod.ts";
import {
  FEATURE_NAMES,
  type FeatureSample,
  type FeatureTable,
  SampleCollector,
  tableFromSamples,
} from "../../lib/liquidity/mod.ts";
import { syntheticEvents, type SyntheticOptions } from "../fixtures/synthetic_events.ts";

const HORIZON_MS = 12 * HOUR_MS;

/** Samples of synthetic nodes, those with an open label included, in order of time. */
export function syntheticSamples(options: SyntheticOptions = {}): FeatureSample[] {
  const samples: FeatureSample[] = [];
  const collector = new SampleCollector((sample) => samples.push(sample), {
    horizonMs: HORIZON_MS,
    everyHours: 2,
    furtherHorizonsMs: [6 * HOUR_MS],
  });
  for (const event of syntheticEvents({ nodes: 5, days: 10, ...options })) collector.ingest(event);
  collector.finish();
  return samples.sort((a, b) => a.timeMs - b.timeMs);
}

/** The same as a table. */
export function syntheticTable(options: SyntheticOptions = {}): FeatureTable {
  const head = { featureNames: FEATURE_NAMES, horizonMs: HORIZON_MS };
  return tableFromSamples(syntheticSamples(options), head);
}

/** Quick settings for tests; the figures are not those of a real training. */
export const QUICK = { id: "model_test", createdMs: 0, trees: 40, learningRate: 0.15 };
