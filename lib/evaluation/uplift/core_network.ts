import { type Network, NetworkBuilder } from "../../network/mod.ts";

/**
 * The best-connected part of a graph: its `count` nodes with the most channels and all channels
 * between them whose terms are known both ways; nodes that then have none left are dropped. It
 * looks at the graph alone.
 *
 * @returns the network itself where it has no more nodes than that
 */
export function coreNetwork(network: Network, count: number): Network {
  if (network.nodeCount <= count) return network;
  const bySize = Array.from({ length: network.nodeCount }, (_, node) => node)
    .sort((a, b) => network.degree(b) - network.degree(a) || a - b);
  const chosen = new Set(bySize.slice(0, count));
  const channels = network.channelIds.map((_, channel) => channel).filter((channel) =>
    ends(network, channel).every((node) => chosen.has(node)) &&
    network.known[2 * channel] === 1 && network.known[2 * channel + 1] === 1
  );
  const used = new Set(channels.flatMap((channel) => ends(network, channel)));
  const builder = new NetworkBuilder();
  for (const node of [...used].sort((a, b) => a - b)) {
    builder.addNode(network.nodeIds[node], network.aliases[node]);
  }
  for (const channel of channels) {
    const [node1, node2] = ends(network, channel);
    const given = network.givenBalanceSat[channel];
    builder.addChannel({
      channelId: network.channelIds[channel],
      node1: network.nodeIds[node1],
      node2: network.nodeIds[node2],
      capacitySat: network.capacitySat[channel],
      policy1: network.policy(2 * channel) ?? null,
      policy2: network.policy(2 * channel + 1) ?? null,
      balance1Sat: Number.isNaN(given) ? undefined : given,
    });
  }
  return builder.build();
}

function ends(network: Network, channel: number): [number, number] {
  return [network.source[2 * channel], network.source[2 * channel + 1]];
}
