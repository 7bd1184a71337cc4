import type { Rng } from "../../core/mod.ts";

/**
 * Measured shares of nodes with at least so many channels: (share, degree). Between entries the
 * curve is straight on logarithmic scales; the slope at the end is the measured tail.
 */
const DEGREE_SURVIVAL: readonly (readonly [number, number])[] = [
  [0.63, 1],
  [0.5, 2],
  [0.3, 5],
  [0.2, 9],
  [0.1, 20],
  [0.05, 38],
  [0.02, 76],
  [0.01, 138],
  [0.005, 214],
  [0.001, 686],
  [0.000137, 2500],
];
/** No node has channels to a larger share of all others. */
const LARGEST_SHARE = 0.35;
/** Pairs of nodes that may have a second channel. */
const PARALLEL_SHARE = 0.05;
/** Stubs that are looked at before a partner is given up on. */
const TRIES = 30;

/** Degrees, largest first. Stratified: node i of n gets the quantile (i + chance) / n. */
export function drawDegrees(nodes: number, rng: Rng): number[] {
  const largest = Math.max(1, Math.floor(nodes * LARGEST_SHARE));
  return Array.from({ length: nodes }, (_, index) => {
    const survival = (index + 0.2 + 0.6 * rng.float()) / nodes;
    return Math.min(largest, degreeAt(survival));
  }).sort((a, b) => b - a);
}

function degreeAt(survival: number): number {
  if (survival >= DEGREE_SURVIVAL[0][0]) return 1;
  const last = DEGREE_SURVIVAL.length - 1;
  const found = DEGREE_SURVIVAL.findIndex(([share]) => share <= survival);
  const index = found === -1 ? last : found;
  const [highShare, low] = DEGREE_SURVIVAL[index - 1], [lowShare, high] = DEGREE_SURVIVAL[index];
  const position = Math.log(survival / highShare) / Math.log(lowShare / highShare);
  return Math.round(low * (high / low) ** position);
}

/**
 * Connects nodes so that each gets about its degree and all hang together: first every node, from
 * large to small, to one before it, chosen by the channels that one still lacks; then the rest at
 * random without loops and with few parallel channels.
 */
export function wire(degrees: readonly number[], rng: Rng): [number, number][] {
  const pairs: [number, number][] = [];
  const joined = new Set<number>();
  const key = (a: number, b: number) => Math.min(a, b) * degrees.length + Math.max(a, b);
  const stubs = new StubPool();
  stubs.add(0, degrees[0]);
  for (let node = 1; node < degrees.length; node++) {
    // Where all channels are taken, the largest node takes one more.
    const peer = stubs.size > 0 ? stubs.take(rng.int(stubs.size)) : 0;
    pairs.push([peer, node]);
    joined.add(key(peer, node));
    stubs.add(node, degrees[node] - 1);
  }
  for (let node = 0; node < degrees.length; node++) {
    let misses = 0;
    while (stubs.countOf(node) > 0 && misses < 3) {
      const position = findPartner(stubs, node, rng, (peer) => !joined.has(key(node, peer)));
      if (position === undefined) {
        misses++;
        continue;
      }
      const peer = stubs.take(position);
      stubs.remove(node);
      pairs.push([node, peer]);
      joined.add(key(node, peer));
    }
    while (stubs.countOf(node) > 0) stubs.remove(node);
  }
  return pairs;
}

function findPartner(
  stubs: StubPool,
  node: number,
  rng: Rng,
  isNew: (peer: number) => boolean,
): number | undefined {
  const parallel = rng.float() < PARALLEL_SHARE;
  for (let tried = 0; tried < TRIES; tried++) {
    const position = rng.int(stubs.size);
    const peer = stubs.at(position);
    if (peer !== node && (parallel || isNew(peer))) return position;
  }
  return undefined;
}

/** Open ends of channels, drawn from uniformly; those of one node can be found and removed. */
class StubPool {
  #nodes: number[] = [];
  /** Where a node's stubs are in `#nodes`. */
  #positions = new Map<number, Set<number>>();

  get size(): number {
    return this.#nodes.length;
  }

  at(position: number): number {
    return this.#nodes[position];
  }

  countOf(node: number): number {
    return this.#positions.get(node)?.size ?? 0;
  }

  add(node: number, count: number): void {
    const positions = this.#positions.get(node) ?? new Set();
    for (let i = 0; i < count; i++) positions.add(this.#nodes.push(node) - 1);
    this.#positions.set(node, positions);
  }

  /** Removes the stub at a position and returns its node. */
  take(position: number): number {
    const node = this.#nodes[position];
    this.#positions.get(node)!.delete(position);
    const last = this.#nodes.pop()!;
    if (position < this.#nodes.length) {
      this.#nodes[position] = last;
      const moved = this.#positions.get(last)!;
      moved.delete(this.#nodes.length);
      moved.add(position);
    }
    return node;
  }

  /** Removes one stub of a node that has some. */
  remove(node: number): void {
    const [position] = this.#positions.get(node)!;
    this.take(position);
  }
}
