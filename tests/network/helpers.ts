import { seededRng } from "../../lib/core/mod.ts";
import { generateNetwork, type Network, NetworkBuilder } from "../../lib/network/mod.ts";

/** Terms that let anything pass. */
export function policy(feeRatePpm = 100, baseFeeMsat = 0) {
  return {
    baseFeeMsat,
    feeRatePpm,
    cltvDelta: 40,
    minHtlcMsat: 1,
    maxHtlcMsat: Number.MAX_SAFE_INTEGER,
    disabled: false,
  };
}

/** Channels as `a-b:ppm of a/ppm of b`, all of 1,000,000 sat, named by their ends. */
export function smallNetwork(...channels: string[]): Network {
  const builder = new NetworkBuilder();
  for (const text of channels) {
    const [, a, b, ppmA, ppmB] = /^(\w+)-(\w+):(\d+)\/(\d+)$/.exec(text)!;
    for (const id of [a, b]) if (!builder.hasNode(id)) builder.addNode(id);
    builder.addChannel({
      channelId: `${a}${b}`,
      node1: a,
      node2: b,
      capacitySat: 1_000_000,
      policy1: policy(Number(ppmA)),
      policy2: policy(Number(ppmB)),
    });
  }
  return builder.build();
}

export function randomNetwork(nodes: number, seed: number): Network {
  return generateNetwork({ nodes, rng: seededRng(seed) });
}

/** Spearman's rank correlation. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  const rank = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    return values.map((v) => (sorted.indexOf(v) + sorted.lastIndexOf(v)) / 2);
  };
  const a = rank(x), b = rank(y), mean = (x.length - 1) / 2;
  let both = 0, ownA = 0, ownB = 0;
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - mean) * (b[i] - mean);
    ownA += (a[i] - mean) ** 2;
    ownB += (b[i] - mean) ** 2;
  }
  return both / Math.sqrt(ownA * ownB);
}

export function quantileOf(values: Iterable<number>, share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * sorted.length)];
}
