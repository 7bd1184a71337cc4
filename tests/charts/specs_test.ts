import assert from "node:assert/strict";
import fc from "fast-check";
import {
  balanceDistribution,
  type ChannelBalance,
  decisionLabel,
  distanceFromOptimal,
  featureImportance,
  gainOverTime,
  optimalVsCurrent,
  rebalanceRecommendations,
  shortSide,
} from "../../lib/charts/mod.ts";
import { sampleChannels, sampleFeatures, sampleSuggestions, sampleTwin } from "./sample_data.ts";

const channel = fc.record({
  label: fc.string(),
  ratio: fc.double({ min: 0, max: 1, noNaN: true }),
  optimal: fc.option(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) })),
    { nil: undefined },
  ),
});

Deno.test("balanceDistribution puts every channel in exactly one bin", () => {
  fc.assert(fc.property(fc.array(channel), (channels) => {
    const points = balanceDistribution(channels).config.data.datasets[0].data as { y: number }[];
    assert.equal(points.length, 20);
    assert.equal(points.reduce((sum, { y }) => sum + y, 0), channels.length);
  }));
});

Deno.test("balanceDistribution says how many are drained and saturated", () => {
  const ratios = [0, 0.05, 0.5, 0.5, 1];
  const { summary } = balanceDistribution(ratios.map((ratio) => ({ label: "a", ratio })));
  assert.match(
    summary.replaceAll("\u00a0", " "),
    /^Of 5 channels, 2 \(40 %\) are drained and 1 \(20 %\) saturated; .* 50 %/,
  );
});

Deno.test("shortSide and distanceFromOptimal agree with the interval", () => {
  fc.assert(fc.property(channel, (c: ChannelBalance) => {
    const side = shortSide(c);
    const distance = distanceFromOptimal(c);
    assert.equal(side === "unknown", c.optimal === undefined);
    assert.equal(distance > 0, side === "outbound" || side === "inbound");
    if (side === "outbound") assert.equal(distance, c.optimal!.low - c.ratio);
    if (side === "inbound") assert.equal(distance, c.ratio - c.optimal!.high);
  }));
});

Deno.test("optimalVsCurrent draws each channel once, as rows for few and points for many", () => {
  for (const count of [1, 5, 50, 60, 61, 500]) {
    const channels = sampleChannels(count);
    const { config } = optimalVsCurrent(channels);
    const drawn = config.data.datasets
      .filter(({ label }) => label?.startsWith("today"))
      .flatMap(({ data }) => data as unknown[])
      .filter((point) => point !== null).length;
    const judged = channels.filter(({ optimal }) => optimal !== undefined).length;
    assert.equal(drawn, count <= 60 ? count : judged);
  }
});

Deno.test("optimalVsCurrent counts the sides in its summary", () => {
  const { summary } = optimalVsCurrent([
    { label: "a", ratio: 0.1, optimal: { low: 0.4, high: 0.6 } },
    { label: "b", ratio: 0.5, optimal: { low: 0.4, high: 0.6 } },
    { label: "c", ratio: 0.8, optimal: { low: 0.4, high: 0.6 } },
    { label: "d", ratio: 0.8 },
  ]);
  assert.equal(
    summary.replaceAll("\u00a0", " "),
    "1 of 4 channels within the optimal interval, 1 short of outbound liquidity, " +
      "1 short of inbound liquidity, 1 still learning; the farthest is 30 % of its capacity off.",
  );
});

Deno.test("rebalanceRecommendations orders by gain and sums all, shown or not", () => {
  const suggestions = sampleSuggestions(40);
  const { config, summary } = rebalanceRecommendations(suggestions);
  const gains = config.data.datasets[0].data as number[];
  assert.equal(gains.length, 20);
  assert.deepEqual(gains, [...gains].sort((a, b) => b - a));
  const sum = Math.round(suggestions.reduce((total, s) => total + s.expectedGainSat, 0));
  assert.ok(summary.includes(`${sum.toLocaleString("en-US")} sat of expected gain`), summary);
});

Deno.test("rebalanceRecommendations without suggestions shows why not", () => {
  const { title, summary, config } = rebalanceRecommendations([], [
    { reason: "still learning", count: 2 },
    { reason: "within the optimal interval", count: 5 },
    { reason: "never", count: 0 },
  ]);
  assert.match(title, /No rebalance pays/);
  assert.match(summary, /all 7 channels/);
  assert.deepEqual(config.data.datasets[0].data, [5, 2]);
  assert.match(rebalanceRecommendations([]).summary, /no channels/);
  const young = rebalanceRecommendations([], [{ reason: decisionLabel("learning"), count: 3 }]);
  assert.match(young.summary, /^Nothing can be said yet: .* all 3 channels/);
});

Deno.test("featureImportance shows shares of the whole, the largest 15", () => {
  const { config } = featureImportance(sampleFeatures(40));
  const shares = config.data.datasets[0].data as number[];
  assert.equal(shares.length, 15);
  assert.deepEqual(shares, [...shares].sort((a, b) => b - a));
  const whole = featureImportance(sampleFeatures(10)).config.data.datasets[0].data as number[];
  assert.ok(Math.abs(whole.reduce((a, b) => a + b) - 100) < 1e-9);
});

Deno.test("gainOverTime says who is ahead at the end", () => {
  const at = (lensNetSat: number, twinNetSat: number) =>
    gainOverTime([{ timeMs: 0, lensNetSat, twinNetSat }]).summary;
  assert.match(at(120, 100), /120 sat were earned net, 20 sat more than/);
  assert.match(at(-20, 100), /-20 sat were earned net, 120 sat less than/);
  assert.match(at(5, 5), /as much as/);
  assert.equal(gainOverTime(sampleTwin(48)).config.data.datasets[0].data.length, 49);
});
