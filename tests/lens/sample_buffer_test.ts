import assert from "node:assert/strict";
import { SampleBuffer } from "../../lib/lens/sample_buffer.ts";
import { FEATURE_NAMES, type FeatureSample, tableFromSamples } from "../../lib/liquidity/mod.ts";

const HOUR_MS = 3_600_000;

/** Every third has a label of another horizon too. */
function sample(i: number): FeatureSample {
  const label = (sat: number) => ({
    outboundNeedSat: sat,
    inboundNeedSat: 2 * sat,
    feesAtStakeMsat: 3 * sat,
    optimalLowRatio: 0.1,
    optimalHighRatio: 0.9,
  });
  return {
    timeMs: i,
    node: `n${i % 2}`,
    channelId: `c${i % 5}`,
    peer: "",
    vector: Float64Array.from(FEATURE_NAMES, (_, f) => i * 1000 + f),
    label: label(i),
    ...(i % 3 === 0 ? { further: new Map([[6 * HOUR_MS, label(10 * i)]]) } : {}),
  };
}

Deno.test("SampleBuffer gives the table that the samples themselves would give", () => {
  for (const count of [0, 1, 7, 99, 100, 137]) {
    const buffer = new SampleBuffer({ most: 400, horizonMs: 24 * HOUR_MS });
    const samples = Array.from({ length: count }, (_, i) => sample(i));
    for (const one of samples) buffer.add(one);
    assert.equal(buffer.size, count);
    assert.deepEqual(
      buffer.table(),
      tableFromSamples(samples, { featureNames: FEATURE_NAMES, horizonMs: 24 * HOUR_MS }),
    );
  }
});

Deno.test("SampleBuffer keeps the newest, and at most a tenth more than it must", () => {
  const buffer = new SampleBuffer({ most: 100, horizonMs: 24 * HOUR_MS });
  for (let i = 0; i < 1000; i++) {
    buffer.add(sample(i));
    if (i >= 100) assert.ok(buffer.size >= 100 && buffer.size <= 110, `${buffer.size} at ${i}`);
  }
  const { timeMs, rows } = buffer.table();
  assert.equal(rows, buffer.size);
  assert.deepEqual([timeMs[0], timeMs[rows - 1]], [1000 - rows, 999]);
});

Deno.test("SampleBuffer keeps none where none is wanted", () => {
  const buffer = new SampleBuffer({ most: 0, horizonMs: 24 * HOUR_MS });
  for (let i = 0; i < 50; i++) buffer.add(sample(i));
  assert.deepEqual([buffer.size, buffer.table().rows], [0, 0]);
});
