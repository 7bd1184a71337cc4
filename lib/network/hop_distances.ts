import type { Network } from "./network.ts";

/** Distance of nodes that can't be reached, or only over more hops than a byte holds. */
export const FAR = 255;

/** Hops that are walked from node to node. */
const WALKED_HOPS = 2;
/** Bytes of tables that are kept; those made first go first. */
const MOST_BYTES = 64e6;

/**
 * How many hops each node is away from a payer at least, whatever its channels hold or charge now:
 * a fact of the wiring, made once for each payer. Nodes with one channel can't be in the middle of a
 * way and count as out of reach.
 */
export class HopDistances {
  readonly #network: Network;
  readonly #tables = new Map<number, Uint8Array>();
  /** Nodes that can be in the middle of a way. */
  readonly #forwarders: Int32Array;
  readonly #waiting: Int32Array;

  constructor(network: Network) {
    this.#network = network;
    this.#forwarders = Int32Array.from({ length: network.nodeCount }, (_, node) => node)
      .filter((node) => network.degree(node) > 1);
    this.#waiting = new Int32Array(this.#forwarders.length);
  }

  /** Hops from `payer`, by node; {@linkcode FAR} for nodes out of reach. */
  from(payer: number): Uint8Array {
    let table = this.#tables.get(payer);
    if (table !== undefined) return table;
    table = this.#measure(payer);
    if ((this.#tables.size + 1) * table.length > MOST_BYTES) {
      const [oldest] = this.#tables.keys();
      this.#tables.delete(oldest);
    }
    this.#tables.set(payer, table);
    return table;
  }

  /**
   * The first hops are walked from node to neighbours. Then most nodes near the middle are known,
   * and the others look for a neighbour that is one hop nearer, which they mostly find at once.
   */
  #measure(payer: number): Uint8Array {
    const table = new Uint8Array(this.#network.nodeCount).fill(FAR);
    table[payer] = 0;
    let near = [payer], hops = 1;
    for (; hops <= WALKED_HOPS; hops++) near = this.#walk(near, hops, table);
    const waiting = this.#waiting;
    let count = this.#forwarders.length;
    waiting.set(this.#forwarders);
    for (let found = true; found && hops < FAR; hops++) {
      const before = count;
      count = 0;
      found = false;
      for (let i = 0; i < before; i++) {
        const node = waiting[i];
        if (table[node] !== FAR) continue;
        if (this.#hasNeighbourAt(node, hops - 1, table)) {
          table[node] = hops;
          found = true;
        } else waiting[count++] = node;
      }
    }
    return table;
  }

  /** Notes the neighbours of nodes that are not yet known, and returns them. */
  #walk(nodes: readonly number[], hops: number, table: Uint8Array): number[] {
    const { incomingSource, outgoingStart } = this.#network;
    const next: number[] = [];
    for (const node of nodes) {
      const end = outgoingStart[node + 1];
      for (let at = outgoingStart[node]; at < end; at++) {
        const to = incomingSource[at];
        if (table[to] !== FAR || outgoingStart[to + 1] - outgoingStart[to] === 1) continue;
        table[to] = hops;
        next.push(to);
      }
    }
    return next;
  }

  #hasNeighbourAt(node: number, hops: number, table: Uint8Array): boolean {
    const { incomingSource, outgoingStart } = this.#network;
    const end = outgoingStart[node + 1];
    for (let at = outgoingStart[node]; at < end; at++) {
      if (table[incomingSource[at]] === hops) return true;
    }
    return false;
  }
}
