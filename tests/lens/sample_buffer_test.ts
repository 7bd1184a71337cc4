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
  // Over what a hundred of them span there is much more to learn from than a training needs.
  const buffer = new SampleBuffer({ most: 100, horizonMs: 1 });
  for (let i = 0; i < 1000; i++) {
    buffer.add(sample(i));
    if (i >= 100) assert.ok(buffer.size >= 100 && buffer.size <= 110, `${buffer.size} at ${i}`);
  }
  const { timeMs, rows } = buffer.table();
  assert.equal(rows, buffer.size);
  assert.deepEqual([timeMs[0], timeMs[rows - 1]], [1000 - rows, 999]);
});

Deno.test("SampleBuffer rounds features to seven digits, and nothing else", () => {
  const buffer = new SampleBuffer({ most: 100, horizonMs: 24 * HOUR_MS });
  const exact = sample(1);
  exact.vector.fill(1 / 3);
  exact.label!.outboundNeedSat = 1e9 + 1;
  exact.timeMs = 1e12 + 1;
  buffer.add(exact);
  const { x, outboundNeedSat, timeMs } = buffer.table();
  assert.ok(x.every((value) => value === Math.fround(1 / 3)));
  assert.deepEqual([outboundNeedSat[0], timeMs[0]], [1e9 + 1, 1e12 + 1]);
});

/** Samples of so many channels, one of each every four hours, through so many days. */
function* samplesOf(channels: number, days: number): Generator<FeatureSample> {
  for (let hour = 0; hour < 24 * days; hour += 4) {
    for (let channel = 0; channel < channels; channel++) {
      yield { ...sample(0), timeMs: hour * HOUR_MS, node: "n", channelId: `c${channel}` };
    }
  }
}

Deno.test("SampleBuffer spans ten horizons of any number of channels, each with its share", () => {
  // Six samples a channel and day: without thinning 3,000 are ten days of 50 channels.
  for (const channels of [20, 50, 130, 400]) {
    const buffer = new SampleBuffer({ most: 3000, horizonMs: 24 * HOUR_MS });
    const again = new SampleBuffer({ most: 3000, horizonMs: 24 * HOUR_MS });
    for (const one of samplesOf(channels, 40)) {
      buffer.add(one);
      again.add(one);
      assert.ok(buffer.size <= 3300, `${buffer.size} of ${channels} channels`);
    }
    const { timeMs, channelIds, rows } = buffer.table();
    const days = (timeMs[rows - 1] - timeMs[0]) / (24 * HOUR_MS);
    assert.ok(days >= 10, `${channels} channels: ${days} days`);
    assert.ok(timeMs.every((time, row) => row === 0 || time >= timeMs[row - 1]));
    assert.equal(new Set(channelIds).size, channels);
    // The newest quarter of the time has about a quarter of the rows: no part is denser.
    const newest = timeMs.filter((time) =>
      time > timeMs[0] + 0.75 * (timeMs[rows - 1] - timeMs[0])
    );
    assert.ok(Math.abs(newest.length / rows - 0.25) < 0.05, `${newest.length} of ${rows}`);
    assert.deepEqual(again.table().timeMs, timeMs);
  }
});

Deno.test("SampleBuffer keeps none where none is wanted", () => {
  const buffer = new SampleBuffer({ most: 0, horizonMs: 24 * HOUR_MS });
  for (let i = 0; i < 50; i++) buffer.add(sample(i));
  assert.deepEqual([buffer.size, buffer.table().rows], [0, 0]);
});
