import type { Network } from "../network/mod.ts";

/** Peers, and nodes two hops away, that are told of at most. */
const MOST_PEERS = 20, MOST_NEAR = 10;

/** One node that another has channels with. */
export interface PeerPlace {
  node: string;
  alias: string;
  /** Channels between the two, and what they hold. */
  channels: number;
  capacitySat: number;
  /** Mean fee rates out to the peer and in from it, by capacity; undefined where none are known. */
  outPpm?: number;
  inPpm?: number;
  /** All channels of the peer. */
  degree: number;
}

/** A node that is no peer, but has peers in common. */
export interface NearPlace {
  node: string;
  alias: string;
  sharedPeers: number;
  degree: number;
  capacitySat: number;
}

/** What lies around a node. */
export interface Neighbourhood {
  /** All of them; `peers` are the largest by capacity. */
  peerCount: number;
  peers: PeerPlace[];
  /** Nodes two hops away, and those of them that share most peers. */
  nearCount: number;
  near: NearPlace[];
}

/** Peers of a node and the nodes two hops away that many of them share. */
export function neighbourhoodOf(network: Network, node: number): Neighbourhood {
  const byPeer = Map.groupBy(
    network.directionsFrom(node),
    (direction) => network.source[direction ^ 1],
  );
  const shared = new Map<number, number>();
  for (const peer of byPeer.keys()) {
    for (const other of peersOf(network, peer)) {
      if (other !== node && !byPeer.has(other)) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
  }
  const name = (index: number) => ({ node: network.nodeIds[index], alias: network.aliases[index] });
  const peers = [...byPeer].map(([peer, directions]): PeerPlace => ({
    ...name(peer),
    channels: directions.length,
    capacitySat: directions.reduce((sum, d) => sum + network.capacitySat[d >> 1], 0),
    outPpm: meanPpm(network, directions),
    inPpm: meanPpm(network, directions.map((direction) => direction ^ 1)),
    degree: network.degree(peer),
  }));
  const near = [...shared].map(([index, sharedPeers]): NearPlace => ({
    ...name(index),
    sharedPeers,
    degree: network.degree(index),
    capacitySat: network.nodeCapacitySat(index),
  }));
  return {
    peerCount: peers.length,
    peers: peers.sort((a, b) => b.capacitySat - a.capacitySat || byName(a, b)).slice(0, MOST_PEERS),
    nearCount: near.length,
    near: near.sort((a, b) =>
      b.sharedPeers - a.sharedPeers || b.capacitySat - a.capacitySat || byName(a, b)
    ).slice(0, MOST_NEAR),
  };
}

function peersOf(network: Network, node: number): Set<number> {
  return new Set(
    network.directionsFrom(node).values().map((direction) => network.source[direction ^ 1]),
  );
}

function meanPpm(network: Network, directions: readonly number[]): number | undefined {
  let ppm = 0, weight = 0;
  for (const direction of directions.filter((d) => network.known[d] === 1)) {
    ppm += network.feeRatePpm[direction] * network.capacitySat[direction >> 1];
    weight += network.capacitySat[direction >> 1];
  }
  return weight > 0 ? ppm / weight : undefined;
}

function byName(a: { node: string }, b: { node: string }): number {
  return a.node < b.node ? -1 : 1;
}
