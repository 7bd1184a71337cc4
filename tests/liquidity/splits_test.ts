import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS } from "../../lib/core/mod.ts";
import {
  FEATURE_NAMES,
  type FeatureSample,
  leastSpanMs,
  SampleCollector,
  splitByTime,
  tableFromSamples,
} from "../../lib/liquidity/mod.ts";
import { syntheticEvents } from "../fixtures/synthetic_events.ts";

function table(nodes: number) {
  const samples: FeatureSample[] = [];
  const horizonMs = 12 * HOUR_MS;
  const collector = new SampleCollector((sample) => samples.push(sample), { horizonMs });
  for (const event of syntheticEvents({ nodes, days: 10 })) collector.ingest(event);
  collector.finish();
  return tableFromSamples(samples, { featureNames: FEATURE_NAMES, horizonMs });
}

Deno.test("splitByTime no label of one part reaches into the time of the next", () => {
  const t = table(5);
  const split = splitByTime(t);
  const ends = (rows: number[]) => Math.max(...rows.map((row) => t.timeMs[row] + t.horizonMs));
  const starts = (rows: number[]) => Math.min(...rows.map((row) => t.timeMs[row]));
  assert.ok(Math.min(split.train.length, split.validation.length, split.test.length) > 50);
  assert.ok(ends(split.train) <= starts(split.validation));
  assert.ok(ends(split.validation) <= starts(split.test));
});

Deno.test("splitByTime held-out nodes are in no other part; few nodes are all used", () => {
  const t = table(5);
  const split = splitByTime(t);
  const out = new Set(split.heldOutNodes.map((row) => t.nodes[row]));
  assert.equal(out.size, 1);
  for (const part of [split.train, split.validation, split.test]) {
    assert.ok(part.every((row) => !out.has(t.nodes[row])));
  }
  assert.equal(splitByTime(table(3)).heldOutNodes.length, 0);
});

Deno.test("leastSpanMs is a horizon in the smallest part", () => {
  assert.equal(leastSpanMs(DAY_MS), 5 * DAY_MS);
});
