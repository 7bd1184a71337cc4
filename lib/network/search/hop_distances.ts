import type { ChannelWidths, WideChannels } from "./wide_channels.ts";

/** Distance of nodes that can't be reached, or only over more hops than a byte holds. */
export const FAR = 255;

/** Hops that are walked from node to node. */
const WALKED_HOPS = 2;
/** Bytes of tables that are kept; those made first go first. */
const MOST_BYTES = 64e6;

/**
 * How many hops each node is away from a payer at least over channels that can hold an amount,
 * whatever they hold or charge now: a fact of the wiring, made once for each payer and range of
 * amounts. Nodes with one such channel can't be in the middle of a way and count as out of reach.
 */
export class HopDistances {
  readonly #tables = new Map<number, Uint8Array>();
  readonly #waiting: Int32Array;

  constructor(readonly widths: ChannelWidths) {
    this.#waiting = new Int32Array(widths.network.nodeCount);
  }

  /** Hops from `payer`, by node; {@linkcode FAR} for nodes out of reach. */
  from(payer: number, amountMsat: number): Uint8Array {
    const wide = this.widths.atLeast(amountMsat);
    const key = (wide.step + 1) * this.#waiting.length + payer;
    let table = this.#tables.get(key);
    if (table !== undefined) return table;
    table = this.#measure(payer, wide);
    if ((this.#tables.size + 1) * table.length > MOST_BYTES) {
      const [oldest] = this.#tables.keys();
      this.#tables.delete(oldest);
    }
    this.#tables.set(key, table);
    return table;
  }

  /**
   * The first hops are walked from node to neighbours. Then most nodes near the middle are known,
   * and the others look for a neighbour that is one hop nearer, which they mostly find at once.
   */
  #measure(payer: number, wide: WideChannels): Uint8Array {
    const table = new Uint8Array(this.#waiting.length).fill(FAR);
    table[payer] = 0;
    let near = [payer], hops = 1;
    for (; hops <= WALKED_HOPS; hops++) near = walk(near, { hops, table, wide });
    const waiting = this.#waiting;
    let count = wide.forwarders.length;
    waiting.set(wide.forwarders);
    for (let found = true; found && hops < FAR; hops++) {
      const before = count;
      count = 0;
      found = false;
      for (let i = 0; i < before; i++) {
        const node = waiting[i];
        if (table[node] !== FAR) continue;
        if (hasNeighbourAt(node, { hops: hops - 1, table, wide })) {
          table[node] = hops;
          found = true;
        } else waiting[count++] = node;
      }
    }
    return table;
  }
}

/** How far nodes are, as far as is known. */
interface Round {
  hops: number;
  table: Uint8Array;
  wide: WideChannels;
}

/** Notes the neighbours of nodes that are not yet known, and returns them. */
function walk(nodes: readonly number[], { hops, table, wide }: Round): number[] {
  const { neighbour, start } = wide;
  const next: number[] = [];
  for (const node of nodes) {
    const end = start[node + 1];
    for (let at = start[node]; at < end; at++) {
      const to = neighbour[at];
      if (table[to] !== FAR || start[to + 1] - start[to] === 1) continue;
      table[to] = hops;
      next.push(to);
    }
  }
  return next;
}

function hasNeighbourAt(node: number, { hops, table, wide }: Round): boolean {
  const { neighbour, start } = wide;
  const end = start[node + 1];
  for (let at = start[node]; at < end; at++) {
    if (table[neighbour[at]] === hops) return true;
  }
  return false;
}
