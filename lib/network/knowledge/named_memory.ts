import type { LiquidityMemory } from "./liquidity_memory.ts";

/**
 * What a {@linkcode LiquidityMemory} holds, by the names of channels and nodes: numbers of one graph
 * mean nothing in the next.
 */
export interface NamedMemory {
  bounds: [
    channelId: string,
    /** The node that pays in the direction. */
    source: string,
    heldMsat: number,
    failedMsat: number,
    timeMs: number,
  ][];
  nodes: [nodeId: string, into: number, outOf: number, timeMs: number][];
}

/** All that is remembered, in names. */
export function memoryInNames(memory: LiquidityMemory): NamedMemory {
  const { channelIds, nodeIds, source } = memory.network;
  const { bounds, nodes } = memory.snapshot();
  return {
    bounds: bounds.map(([direction, ...bound]) => [
      channelIds[direction >> 1],
      nodeIds[source[direction]],
      ...bound,
    ]),
    nodes: nodes.map(([node, ...scores]) => [nodeIds[node], ...scores]),
  };
}

/** Makes a memory hold what `named` does, and nothing else. What its network lacks is left out. */
export function rememberNames(memory: LiquidityMemory, named: NamedMemory): void {
  const { network } = memory;
  const directionOf = (channelId: string, nodeId: string) => {
    const channel = network.channelOf(channelId), node = network.nodeOf(nodeId);
    return channel === undefined || node === undefined
      ? undefined
      : network.directionFrom(node, channel);
  };
  memory.restore({
    bounds: named.bounds.flatMap(([channelId, source, ...bound]) => {
      const direction = directionOf(channelId, source);
      return direction === undefined ? [] : [[direction, ...bound] as const];
    }),
    nodes: named.nodes.flatMap(([nodeId, ...scores]) => {
      const node = network.nodeOf(nodeId);
      return node === undefined ? [] : [[node, ...scores] as const];
    }),
  });
}
