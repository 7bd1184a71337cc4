import type { Rng } from "../../core/mod.ts";
import type { Network } from "../../network/mod.ts";
import { UsageError } from "../../core/mod.ts";

/**
 * Operators are among the nodes with the most channels, but not the first hundredth. How far down
 * grows with the root of the network's size, as traffic at a node falls with it; in mainnet's
 * size that ends at some 60 channels.
 */
const LARGEST_SHARE = 0.01;
const MIDDLE_SHARE = 0.12;
const MIDDLE_PER_ROOT = 2.7;
/** They have at least so many channels in use, most of which can carry a typical payment (sat). */
const LEAST_CHANNELS = 8;
const USEFUL_CAPACITY_SAT = 300_000;
/** Median of what they charge, ppm: they want to earn, and to be used. */
const LEAST_PPM = 20;
const MOST_PPM = 1500;
/** No single channel is nearly all of one. */
const LARGEST_CHANNEL_SHARE = 0.5;

/** What may be asked of operators other than by the rule above. */
export interface OperatorRule {
  /** Places, from 0 to 1, in the list of nodes by their channels, the largest first. */
  fromRank: number;
  toRank: number;
  /** The median of what they charge is at least this, ppm. */
  leastPpm: number;
}

/**
 * Chooses the routing nodes that are observed and take suggestions: nodes in the middle of the
 * network that charge for forwarding, drawn by chance from all such. The rule looks at the graph
 * alone, never at what a simulation made of it.
 *
 * Where there are fewer, as in small networks, the best-connected of the other nodes with two
 * channels or more fill up.
 *
 * @returns ids, `count` of them
 * @throws {UsageError} when the network has fewer nodes with two channels than that
 */
export function chooseOperators(
  network: Network,
  count: number,
  rng: Rng,
  rule: OperatorRule = usualRule(network.nodeCount),
): string[] {
  const bySize = Array.from({ length: network.nodeCount }, (_, node) => node)
    .sort((a, b) => network.degree(b) - network.degree(a) || a - b);
  const middle = bySize.slice(
    Math.ceil(network.nodeCount * rule.fromRank),
    Math.ceil(network.nodeCount * rule.toRank),
  );
  const candidates = middle.filter((node) => isRoutingNode(network, node, rule)).sort((a, b) =>
    a - b
  );
  const chosen = rng.fork("operators").shuffle(candidates).slice(0, count);
  const others = bySize.filter((node) => network.degree(node) >= 2 && !chosen.includes(node));
  if (chosen.length + others.length < count) {
    throw new UsageError(
      `choosing operators: found ${chosen.length + others.length} nodes with two channels or ` +
        `more, expected ${count}; take fewer operators or a larger network`,
    );
  }
  return [...chosen, ...others.slice(0, count - chosen.length)]
    .map((node) => network.nodeIds[node]);
}

function usualRule(nodeCount: number): OperatorRule {
  return {
    fromRank: LARGEST_SHARE,
    toRank: Math.min(MIDDLE_SHARE, MIDDLE_PER_ROOT / Math.sqrt(nodeCount)),
    leastPpm: LEAST_PPM,
  };
}

function isRoutingNode(network: Network, node: number, { leastPpm }: OperatorRule): boolean {
  const outgoing = [...network.directionsFrom(node)].filter((d) =>
    network.known[d] === 1 && network.known[d ^ 1] === 1 && network.disabled[d] === 0
  );
  if (outgoing.length < LEAST_CHANNELS) return false;
  const capacities = outgoing.map((d) => network.capacitySat[d >> 1]);
  const useful = capacities.filter((sat) => sat >= USEFUL_CAPACITY_SAT).length;
  const sum = capacities.reduce((a, b) => a + b, 0);
  const rates = outgoing.map((d) => network.feeRatePpm[d]).sort((a, b) => a - b);
  const median = rates[rates.length >> 1];
  return useful > outgoing.length / 2 && median >= leastPpm && median <= MOST_PPM &&
    Math.max(...capacities) <= LARGEST_CHANNEL_SHARE * sum;
}
