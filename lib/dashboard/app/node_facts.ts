import type { NetworkView } from "./insight_api.ts";

/** What the graph tells of a node. */
export interface NodeFacts {
  id: string;
  alias: string;
  channels: number;
  /** Different nodes at the other ends. */
  neighbours: number;
  capacitySat: number;
  /** By capacity, 1 is the largest. */
  rank: number;
}

/** Facts of one node; undefined for one that is not in the graph. */
export function nodeFacts(network: NetworkView, id: string): NodeFacts | undefined {
  const { nodes, aliases, ends, capacity_sat } = network;
  const at = nodes.indexOf(id);
  if (at < 0) return undefined;
  const sums = new Float64Array(nodes.length);
  const neighbours = new Set<number>();
  let channels = 0;
  capacity_sat.forEach((sat, i) => {
    const [a, b] = [ends[2 * i], ends[2 * i + 1]];
    sums[a] += sat;
    sums[b] += sat;
    if (a !== at && b !== at) return;
    channels++;
    neighbours.add(a === at ? b : a);
  });
  return {
    id,
    alias: aliases[at],
    channels,
    neighbours: neighbours.size,
    capacitySat: sums[at],
    rank: 1 + sums.filter((sat) => sat > sums[at]).length,
  };
}
