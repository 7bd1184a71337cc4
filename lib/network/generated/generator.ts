import { type Rng, satToMsat } from "../../core/mod.ts";
import type { Policy } from "../../protocol/mod.ts";
import { NetworkBuilder } from "../builder.ts";
import { drawDegrees, wire } from "./generator_wiring.ts";
import type { Network } from "../network.ts";
import { uniformRanks } from "./ranks.ts";

/** What {@linkcode generateNetwork} needs. */
export interface GeneratorOptions {
  /** Number of nodes, 2 or more. */
  nodes: number;
  rng: Rng;
}

/**
 * A connected network that looks like mainnet: degrees, capacities, fee rates and base fees follow
 * the quantiles measured on snapshots of 2024 to 2026, big nodes have the big channels, and each
 * node has its own habits with fees.
 *
 * @example
 * ```ts
 * import { seededRng } from "../../../lib/core/mod.ts";
 * import { generateNetwork } from "../../../lib/network/mod.ts";
 * const network = generateNetwork({ nodes: 50, rng: seededRng(1) });
 * if (network.nodeCount !== 50) throw new Error("expected 50 nodes");
 * ```
 */
export function generateNetwork({ nodes, rng }: GeneratorOptions): Network {
  const degrees = drawDegrees(nodes, rng.fork("degrees"));
  const pairs = wire(degrees, rng.fork("wiring"));
  const capacitiesSat = drawCapacities(pairs, nodes, rng.fork("capacities"));
  const policies = drawPolicies(pairs, capacitiesSat, nodes, rng.fork("policies"));
  const ids = nodeNames(nodes, rng.fork("names"));
  const builder = new NetworkBuilder();
  ids.forEach((id, node) => builder.addNode(id, `node ${node + 1}`));
  pairs.forEach(([a, b], channel) =>
    builder.addChannel({
      channelId: channelName(channel),
      node1: ids[a],
      node2: ids[b],
      capacitySat: capacitiesSat[channel],
      policy1: policies[2 * channel],
      policy2: policies[2 * channel + 1],
    })
  );
  return builder.build();
}

/** Names in the form of public keys: 33 bytes in hexadecimal, the first one 2 or 3. */
function nodeNames(count: number, rng: Rng): string[] {
  return Array.from({ length: count }, () => {
    let name = rng.int(2) === 0 ? "02" : "03";
    for (let i = 0; i < 8; i++) name += rng.int(2 ** 32).toString(16).padStart(8, "0");
    return name;
  });
}

/** A short channel id of its own. */
function channelName(channel: number): string {
  return `${700_000 + (channel >> 4)}x${(channel & 15) + 1}x0`;
}

/** Measured: median 1.3 to 2.1 M sat, mean 9 to 11 M sat, many a round number. */
const CAPACITY_SAT: readonly (readonly [number, number])[] = [
  [0, 20_000],
  [0.05, 100_000],
  [0.1, 200_000],
  [0.25, 650_000],
  [0.5, 1_800_000],
  [0.75, 6_000_000],
  [0.9, 16_000_000],
  [0.95, 35_000_000],
  [0.99, 170_000_000],
  [0.999, 500_000_000],
  [1, 1_000_000_000],
];
/** Weight of the smaller end's degree in a channel's size; gives the measured rank correlation. */
const CAPACITY_DEGREE_WEIGHT = 1.1;

/**
 * Sizes by rank of a score, so that their distribution is the same whatever the wiring. The
 * largest of few channels are not those of many: the quantile of 1 is never reached.
 */
function drawCapacities(
  pairs: readonly (readonly [number, number])[],
  nodes: number,
  rng: Rng,
): number[] {
  const degree = new Float64Array(nodes);
  for (const [a, b] of pairs) {
    degree[a]++;
    degree[b]++;
  }
  const scores = pairs.map(([a, b]) =>
    CAPACITY_DEGREE_WEIGHT * Math.log(Math.min(degree[a], degree[b])) +
    0.5 * Math.log(Math.max(degree[a], degree[b])) + 1.6 * rng.normal()
  );
  return [...uniformRanks(scores)].map((u) => {
    const sat = quantile(CAPACITY_SAT, u);
    const step = 10 ** Math.max(0, Math.floor(Math.log10(sat)) - (rng.float() < 0.6 ? 0 : 3));
    return Math.max(20_000, Math.round(sat / step) * step);
  });
}

/** Measured: quartiles 1, 100, 600 ppm; 90 % at 1,500 to 2,000. */
const FEE_RATE_PPM: readonly (readonly [number, number])[] = [
  [0, 0.4],
  [0.12, 0.5],
  [0.13, 1],
  [0.29, 1],
  [0.35, 10],
  [0.5, 100],
  [0.75, 600],
  [0.9, 1700],
  [0.95, 2500],
  [0.99, 6000],
  [1, 20_000],
];
/** Measured: 0 for 41 % of directions, 1,000 msat for 45 %. */
const BASE_FEE_MSAT: readonly (readonly [number, number])[] = [
  [0.41, 0],
  [0.44, 1],
  [0.46, 100],
  [0.49, 500],
  [0.94, 1000],
  [0.97, 2000],
  [1, 5000],
];
const CLTV_DELTAS: readonly (readonly [number, number])[] = [
  [0.32, 80],
  [0.58, 40],
  [0.76, 144],
  [0.92, 100],
  [1, 34],
];

/** Policies by direction. A node's channels resemble each other; directions of one channel don't. */
function drawPolicies(
  pairs: readonly (readonly [number, number])[],
  capacitiesSat: readonly number[],
  nodes: number,
  rng: Rng,
): Policy[] {
  const habit = Float64Array.from({ length: nodes }, () => rng.normal());
  const baseHabit = habit.map((z) => -0.15 * z + rng.normal());
  const cltv = Float64Array.from({ length: nodes }, () => step(CLTV_DELTAS, rng.float()));
  const owners = pairs.flat();
  const rates = uniformRanks(owners.map((node) => habit[node] + rng.normal()));
  const bases = uniformRanks(owners.map((node) => baseHabit[node] + 0.2 * rng.normal()));
  return owners.map((node, direction) => {
    const capacityMsat = satToMsat(capacitiesSat[direction >> 1]);
    return {
      baseFeeMsat: step(BASE_FEE_MSAT, bases[direction]),
      feeRatePpm: Math.round(quantile(FEE_RATE_PPM, rates[direction])),
      cltvDelta: cltv[node],
      minHtlcMsat: rng.float() < 0.85 ? 1000 : 1,
      // Most nodes announce what their reserve leaves.
      maxHtlcMsat: Math.floor(capacityMsat * 0.99),
      disabled: rng.float() < DISABLED_SHARE,
    };
  });
}

/** Directions that are switched off at any time; 2 to 4 % flip a day and most flip back. */
const DISABLED_SHARE = 0.01;

/** Value at `u` of a table of (share, value), between entries on a logarithmic scale. */
export function quantile(table: readonly (readonly [number, number])[], u: number): number {
  const index = Math.max(1, table.findIndex(([share]) => share >= u));
  const [lowShare, low] = table[index - 1], [highShare, high] = table[index];
  return low * (high / low) ** ((u - lowShare) / (highShare - lowShare));
}

/** Value of the first entry of a table of (share, value) whose share is not below `u`. */
function step(table: readonly (readonly [number, number])[], u: number): number {
  return (table.find(([share]) => u <= share) ?? table[table.length - 1])[1];
}
