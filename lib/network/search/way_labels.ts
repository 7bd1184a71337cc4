import type { SearchLimits } from "./search_limits.ts";
import type { Way } from "./way.ts";

/** Sums and products that differ by less are the same. */
const ROUNDING = 1e-12;

/**
 * Labels of a search: ways from nodes to the end of the search, each one hop longer than that of
 * its `next`. Of one node those are kept that no other is better than in every respect. All arrays
 * are by label; they are reused.
 */
export class WayLabels {
  /** The node where the way begins, and the direction it leaves by; -1 at the end. */
  readonly node: Int32Array;
  readonly direction: Int32Array;
  /** Label of the way from the next node on; -1 at the end. */
  readonly next: Int32Array;
  readonly hops: Int32Array;
  readonly cltv: Float64Array;
  /** What the node must receive so that the way is paid. */
  readonly amountMsat: Float64Array;
  readonly chance: Float64Array;
  readonly weightMsat: Float64Array;
  readonly #isBeaten: Uint8Array;
  /** The next label of the same node; -1 for none. */
  readonly #sibling: Int32Array;
  /** The first label of a node; -1 for none. */
  readonly #first: Int32Array;
  /** A label of a node against which neither hops nor blocks count; -1 for none. */
  readonly #leader: Int32Array;
  #enoughHops = 0;
  #enoughCltv = 0;
  count = 0;

  constructor(nodeCount: number, readonly most: number) {
    this.node = new Int32Array(most);
    this.direction = new Int32Array(most);
    this.next = new Int32Array(most);
    this.hops = new Int32Array(most);
    this.cltv = new Float64Array(most);
    this.amountMsat = new Float64Array(most);
    this.chance = new Float64Array(most);
    this.weightMsat = new Float64Array(most);
    this.#isBeaten = new Uint8Array(most);
    this.#sibling = new Int32Array(most);
    this.#first = new Int32Array(nodeCount).fill(-1);
    this.#leader = new Int32Array(nodeCount).fill(-1);
  }

  get isFull(): boolean {
    return this.count === this.most;
  }

  /** Forgets all labels. Hops and blocks count against a label only where it has used half of the limits. */
  begin({ maxHops, cltvLimit }: SearchLimits): void {
    for (let label = 0; label < this.count; label++) {
      this.#first[this.node[label]] = -1;
      this.#leader[this.node[label]] = -1;
    }
    this.count = 0;
    this.#enoughHops = maxHops / 2;
    this.#enoughCltv = cltvLimit / 2;
  }

  /** Whether `isHopeless` may say yes of labels of a node; so it is asked less often. */
  hasLeader(node: number): boolean {
    return this.#leader[node] !== -1;
  }

  /**
   * Whether a label of a node is as good as any with no less weight and amount and no more chance
   * than these. A quick look at one label of the node: no doesn't mean that there is none.
   */
  isHopeless(
    node: number,
    label: { weightMsat: number; chance: number; amountMsat: number },
  ): boolean {
    const leader = this.#leader[node];
    return leader !== -1 && this.weightMsat[leader] <= label.weightMsat &&
      this.chance[leader] >= label.chance && this.amountMsat[leader] <= label.amountMsat;
  }

  /** Whether a label that was added is needless by now. */
  isBeaten(label: number): boolean {
    return this.#isBeaten[label] === 1;
  }

  /**
   * Takes the label that was written at `count`, unless another one of its node is as good in
   * every respect; those that it is as good as are beaten.
   *
   * @returns whether it was taken
   */
  take(): boolean {
    const label = this.count, node = this.node[label];
    let before = -1;
    for (let other = this.#first[node]; other !== -1; other = this.#sibling[other]) {
      if (this.#isAsGood(other, label)) return false;
      if (this.#isAsGood(label, other)) {
        this.#isBeaten[other] = 1;
        if (before === -1) this.#first[node] = this.#sibling[other];
        else this.#sibling[before] = this.#sibling[other];
      } else before = other;
    }
    this.#isBeaten[label] = 0;
    this.#follow(label);
    this.#sibling[label] = this.#first[node];
    this.#first[node] = label;
    this.count++;
    return true;
  }

  /** Makes a label the leader of its node where there is none that still counts. */
  #follow(label: number): void {
    const node = this.node[label], leader = this.#leader[node];
    if (leader !== -1 && this.#isBeaten[leader] === 0) return;
    if (this.hops[label] > this.#enoughHops || this.cltv[label] > this.#enoughCltv) return;
    this.#leader[node] = label;
  }

  #isAsGood(one: number, other: number): boolean {
    return this.weightMsat[one] <= this.weightMsat[other] * (1 + ROUNDING) &&
      this.chance[one] >= this.chance[other] * (1 - ROUNDING) &&
      this.amountMsat[one] <= this.amountMsat[other] &&
      (this.hops[one] <= this.hops[other] || this.hops[one] <= this.#enoughHops) &&
      (this.cltv[one] <= this.cltv[other] || this.cltv[one] <= this.#enoughCltv);
  }

  /** The way of a label. */
  way(label: number): Way {
    const way: Way = {
      directions: [],
      amountsMsat: [],
      sentMsat: this.amountMsat[label],
      probability: this.chance[label],
    };
    for (let at = label; this.direction[at] !== -1; at = this.next[at]) {
      way.directions.push(this.direction[at]);
      way.amountsMsat.push(this.amountMsat[this.next[at]]);
    }
    return way;
  }
}
