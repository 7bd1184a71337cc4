import { InputError } from "../../core/mod.ts";
import type { Topology } from "../../protocol/mod.ts";
import { NetworkBuilder } from "../builder.ts";
import type { Network } from "../network.ts";

/** Channels in one part of a topology message: about a megabyte of JSON. */
const CHANNELS_PER_PART = 2000;

/**
 * The network as `topology` messages, in parts of at most `channelsPerPart` channels. Each node
 * comes in the part of its first channel, those without channels in the last one.
 */
export function topologyFromNetwork(
  network: Network,
  operators: readonly string[],
  { channelsPerPart = CHANNELS_PER_PART }: { channelsPerPart?: number } = {},
): Topology[] {
  const parts = Math.max(1, Math.ceil(network.channelCount / channelsPerPart));
  const sent = new Uint8Array(network.nodeCount);
  const nodeOf = (node: number) => {
    sent[node] = 1;
    // The message allows 200 characters; the alias comes from strangers.
    return { id: network.nodeIds[node], alias: network.aliases[node].slice(0, 200) };
  };
  return Array.from({ length: parts }, (_, index) => {
    const topology: Topology = {
      part: index + 1,
      parts,
      nodes: [],
      channels: [],
      operators: index === 0 ? [...operators] : [],
    };
    const end = Math.min(network.channelCount, (index + 1) * channelsPerPart);
    for (let channel = index * channelsPerPart; channel < end; channel++) {
      const node1 = network.source[2 * channel], node2 = network.source[2 * channel + 1];
      for (const node of [node1, node2]) {
        if (sent[node] === 0) topology.nodes.push(nodeOf(node));
      }
      topology.channels.push({
        channelId: network.channelIds[channel],
        node1: network.nodeIds[node1],
        node2: network.nodeIds[node2],
        capacitySat: network.capacitySat[channel],
        policy1: network.policy(2 * channel) ?? null,
        policy2: network.policy(2 * channel + 1) ?? null,
      });
    }
    if (index === parts - 1) {
      for (let node = 0; node < network.nodeCount; node++) {
        if (sent[node] === 0) topology.nodes.push(nodeOf(node));
      }
    }
    return topology;
  });
}

/**
 * The network of a `topology` that came in parts, in any order.
 *
 * @throws {InputError} when a part is missing or twice there, or a channel is wrong
 */
export function networkFromTopology(parts: readonly Topology[]): Network {
  const sorted = [...parts].sort((a, b) => a.part - b.part);
  const expected = sorted[0]?.parts ?? 1;
  const missing = sorted.findIndex((part, index) => part.part !== index + 1);
  if (missing !== -1 || sorted.length !== expected) {
    throw new InputError({
      field: "part",
      found: sorted.map((part) => part.part),
      expected: `parts 1 to ${expected}, each once`,
    });
  }
  const builder = new NetworkBuilder();
  for (const part of sorted) {
    for (const { id, alias } of part.nodes) builder.addNode(id, alias, { field: "nodes" });
  }
  for (const part of sorted) {
    part.channels.forEach((channel, index) =>
      builder.addChannel(channel, { field: `channels.${index}` })
    );
  }
  return builder.build();
}

/** Gathers a `topology` that comes in parts. */
export class TopologyParts {
  #parts = new Map<number, Topology>();

  /**
   * Takes a part; part 1 begins anew.
   *
   * @returns the network once all parts are there, else undefined
   * @throws {InputError} as {@linkcode networkFromTopology}
   */
  add(topology: Topology): Network | undefined {
    if (topology.part === 1) this.#parts.clear();
    this.#parts.set(topology.part, topology);
    if (this.#parts.size < topology.parts) return undefined;
    const parts = [...this.#parts.values()];
    this.#parts.clear();
    return networkFromTopology(parts);
  }

  /** Forgets what came so far. */
  clear(): void {
    this.#parts.clear();
  }
}
