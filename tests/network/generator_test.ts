import assert from "node:assert/strict";
import { seededRng } from "../../lib/core/mod.ts";
import { generateNetwork, initialBalances } from "../../lib/network/mod.ts";
import { quantileOf, randomNetwork, rankCorrelation } from "./helpers.ts";

const network = randomNetwork(3000, 1);
const channels = Array.from({ length: network.channelCount }, (_, channel) => channel);
const degrees = Array.from({ length: network.nodeCount }, (_, node) => network.degree(node));

function within(value: number, low: number, high: number, what: string) {
  assert(value >= low && value <= high, `${what}: ${value}, expected ${low} to ${high}`);
}

Deno.test("generateNetwork capacity: median 1.3 to 2.1 M sat, mean 9 to 11 M sat", () => {
  within(quantileOf(network.capacitySat, 0.5), 1.3e6, 2.1e6, "median");
  const mean = network.capacitySat.reduce((a, b) => a + b, 0) / network.channelCount;
  within(mean, 9e6, 11e6, "mean");
});

Deno.test("generateNetwork degree: median 2, 90 % at 20, 99 % at 137, within a tenth", () => {
  assert.equal(quantileOf(degrees, 0.5), 2);
  within(quantileOf(degrees, 0.9), 18, 22, "90 %");
  within(quantileOf(degrees, 0.99), 124, 151, "99 %");
  within(Math.max(...degrees), 700, 1050, "largest: a third of the nodes");
});

Deno.test("generateNetwork degree: tail exponent 1.8 to 2.2 (Hill, from 10 channels on)", () => {
  const tail = degrees.filter((degree) => degree >= 10);
  const exponent = 1 + tail.length / tail.reduce((sum, k) => sum + Math.log(k / 9.5), 0);
  within(exponent, 1.8, 2.2, "exponent");
});

Deno.test("generateNetwork fee rate: quartiles 1, 100, 600 ppm; 90 % at 1,500 to 2,000", () => {
  within(quantileOf(network.feeRatePpm, 0.25), 1, 1, "25 %");
  within(quantileOf(network.feeRatePpm, 0.5), 90, 110, "50 %");
  within(quantileOf(network.feeRatePpm, 0.75), 540, 660, "75 %");
  within(quantileOf(network.feeRatePpm, 0.9), 1500, 2000, "90 %");
});

Deno.test("generateNetwork base fee: 0 for 41 %, 1,000 msat for 45 %, within 2 points", () => {
  const share = (fee: number) =>
    network.baseFeeMsat.filter((f) => f === fee).length / network.baseFeeMsat.length;
  within(share(0), 0.39, 0.43, "0");
  within(share(1000), 0.43, 0.47, "1000");
});

Deno.test("generateNetwork: the top 1 % of nodes hold more than half of capacity at 3,000 nodes", () => {
  const sums = degrees.map((_, node) => network.nodeCapacitySat(node)).sort((a, b) => b - a);
  const all = sums.reduce((a, b) => a + b, 0);
  within(sums.slice(0, 30).reduce((a, b) => a + b, 0) / all, 0.5, 0.72, "share");
});

Deno.test("generateNetwork is connected at any size", () => {
  for (const [nodes, seed] of [[10, 1], [57, 2], [500, 3], [3000, 1]]) {
    const graph = nodes === 3000 ? network : randomNetwork(nodes, seed);
    const seen = new Set([0]);
    const queue = [0];
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      for (const direction of graph.directionsFrom(node)) {
        const peer = graph.source[direction ^ 1];
        if (!seen.has(peer)) {
          seen.add(peer);
          queue.push(peer);
        }
      }
    }
    assert.equal(seen.size, nodes);
  }
});

Deno.test("generateNetwork: the same seed, the same network; another seed, another", () => {
  const text = (seed: number) => {
    const { nodeIds, source, capacitySat, feeRatePpm } = randomNetwork(60, seed);
    return JSON.stringify([nodeIds, [...source], [...capacitySat], [...feeRatePpm]]);
  };
  assert.equal(text(8), text(8));
  assert.notEqual(text(8), text(9));
});

Deno.test("initialBalances: a quarter below 5 %, a quarter above 95 %, within 3 points", () => {
  const balances = initialBalances(network, seededRng(2));
  balances.check();
  const fraction = channels.map((c) => balances.balanceMsat[2 * c] / 1000 / network.capacitySat[c]);
  within(fraction.filter((f) => f < 0.05).length / fraction.length, 0.23, 0.29, "below 5 %");
  within(fraction.filter((f) => f > 0.95).length / fraction.length, 0.22, 0.28, "above 95 %");
});

Deno.test("initialBalances: rank correlation with remote less local ppm 0.65, within 0.05", () => {
  const sample = channels.slice(0, 2500);
  const balances = initialBalances(network, seededRng(2));
  const correlation = rankCorrelation(
    sample.map((c) => balances.balanceMsat[2 * c] / network.capacitySat[c]),
    sample.map((c) => network.feeRatePpm[2 * c + 1] - network.feeRatePpm[2 * c]),
  );
  within(correlation, 0.6, 0.7, "rank correlation");
});

Deno.test("initialBalances rules: even halves, uniform spreads", () => {
  const small = generateNetwork({ nodes: 300, rng: seededRng(3) });
  const fractions = (rule: "even" | "uniform") => {
    const balances = initialBalances(small, seededRng(1), { rule });
    return [...small.capacitySat].map((sat, c) => balances.balanceMsat[2 * c] / 1000 / sat);
  };
  assert(fractions("even").every((f) => Math.abs(f - 0.5) < 1e-3));
  within(quantileOf(fractions("uniform"), 0.25), 0.2, 0.3, "first quartile");
});
