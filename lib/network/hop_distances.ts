import type { Network } from "./network.ts";

/** Distance of nodes that can't be reached, or only over more hops than a byte holds. */
export const FAR = 255;

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
  readonly #queue: Int32Array;

  constructor(network: Network) {
    this.#network = network;
    this.#queue = new Int32Array(network.nodeCount);
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

  #measure(payer: number): Uint8Array {
    const { incomingSource, outgoingStart, nodeCount } = this.#network;
    const table = new Uint8Array(nodeCount).fill(FAR);
    const queue = this.#queue;
    queue[0] = payer;
    table[payer] = 0;
    for (let head = 0, tail = 1; head < tail; head++) {
      const node = queue[head], hops = table[node] + 1;
      const start = outgoingStart[node], end = outgoingStart[node + 1];
      if (hops === FAR) break;
      for (let at = start; at < end; at++) {
        const to = incomingSource[at];
        if (table[to] !== FAR || outgoingStart[to + 1] - outgoingStart[to] === 1) continue;
        table[to] = hops;
        queue[tail++] = to;
      }
    }
    return table;
  }
}
