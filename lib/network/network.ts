import { grown, MSAT_PER_SAT, type NumberColumn } from "../core/mod.ts";
import type { Policy } from "../protocol/mod.ts";

/** The columns a {@linkcode Network} is made of; see there for what they hold. */
export interface NetworkColumns {
  nodeIds: string[];
  aliases: string[];
  channelIds: string[];
  source: Int32Array;
  capacitySat: Float64Array;
  baseFeeMsat: Float64Array;
  feeRatePpm: Float64Array;
  cltvDelta: Float64Array;
  minHtlcMsat: Float64Array;
  maxHtlcMsat: Float64Array;
  disabled: Uint8Array;
  known: Uint8Array;
  givenBalanceSat: Float64Array;
}

/** A channel that is opened in a network that exists. */
export interface NewChannel {
  /** Not in the network yet. */
  channelId: string;
  /** Numbers of its two ends, which differ. */
  nodes: readonly [number, number];
  /** Whole number above 0. */
  capacitySat: number;
  /** Terms of both ends, in the order of `nodes`. */
  policies: readonly [Policy, Policy];
}

/** Layout of {@linkcode Network.incomingTerms}: one cache line a direction. */
export const TERMS = {
  source: 0,
  direction: 1,
  /** Infinity where the direction can't be used. */
  minHtlcMsat: 2,
  maxHtlcMsat: 3,
  baseFeeMsat: 4,
  feeRatePpm: 5,
  cltvDelta: 6,
  capacityMsat: 7,
  count: 8,
} as const;

// Members of a constant of another file are looked up at every use in a loop, own ones are not.
const { baseFeeMsat: BASE_FEE, feeRatePpm: FEE_RATE } = TERMS;

/** The fee of the direction whose terms stand at a place of {@linkcode Network.incomingTerms}. */
export function feeOf(terms: Float64Array, at: number, amountMsat: number): number {
  return terms[at + BASE_FEE] + Math.floor(amountMsat * terms[at + FEE_RATE] / 1_000_000);
}

/** Layout of {@linkcode Network.incomingLook}. */
export const LOOK = {
  /** Infinity where the direction can't be used. */
  baseFeeMsat: 0,
  feePerMsat: 1,
  perCapacityMsat: 2,
  maxHtlcMsat: 3,
  count: 4,
} as const;
/** More than a number can be off in {@linkcode Network.incomingLook}, as a share of it. */
export const LOOK_PRECISION = 1e-6;

/**
 * The channel graph in flat arrays; to be read, and changed by methods only. Nodes are numbered 0..nodeCount-1, channels
 * 0..channelCount-1. Channel `c` has two directions: `2 * c` from its node1 to its node2 and
 * `2 * c + 1` back; `d ^ 1` is the reverse of direction `d` and `d >> 1` its channel.
 */
export class Network implements NetworkColumns {
  /** Public keys or names, by node. */
  readonly nodeIds: string[];
  /** Display names, by node; may be empty. */
  readonly aliases: string[];
  /** Short channel ids or names, by channel. */
  readonly channelIds: string[];
  /** The node that pays in a direction, by direction; `source[d ^ 1]` is the one that is paid. */
  readonly source: Int32Array;
  /** By channel. */
  readonly capacitySat: Float64Array;
  /** Terms of the source for forwarding in a direction, by direction. */
  readonly baseFeeMsat: Float64Array;
  readonly feeRatePpm: Float64Array;
  readonly cltvDelta: Float64Array;
  readonly minHtlcMsat: Float64Array;
  /** Never above the capacity. */
  readonly maxHtlcMsat: Float64Array;
  /** 1 where the source doesn't forward for now. */
  readonly disabled: Uint8Array;
  /** 0 where no terms were announced: such a direction can't be used by others. */
  readonly known: Uint8Array;
  /** Balance of node1 where the input told it, else NaN; by channel. */
  readonly givenBalanceSat: Float64Array;
  /** Directions that leave node `v`: `outgoing[outgoingStart[v]..outgoingStart[v + 1] - 1]`. */
  readonly outgoing: Int32Array;
  readonly outgoingStart: Int32Array;
  /**
   * All that a search reads of the directions into a node, side by side: {@linkcode TERMS} numbers
   * each, those into node `v` from `outgoingStart[v]` to `outgoingStart[v + 1] - 1`.
   */
  readonly incomingTerms: Float64Array;
  /**
   * The most telling of these terms in a quarter of the memory, {@linkcode LOOK} numbers a direction,
   * a little rounded: for a first look at whether a direction is worth a second one.
   */
  readonly incomingLook: Float32Array;
  /** The sources alone of the directions in `incomingTerms`: the neighbours of a node. */
  readonly incomingSource: Int32Array;
  /** What can pass at most, by announcement, in the directions of `outgoing`; 0 for those that can't be used. */
  readonly outgoingMostMsat: Float64Array;
  /** Capacity of the largest channel into a node whose terms are known, by node. */
  readonly largestIncomingMsat: Float64Array;
  /** Place of a direction in `incomingTerms`. */
  #termsPlace: Int32Array;
  readonly #nodeIndex = new Map<string, number>();
  readonly #channelIndex = new Map<string, number>();

  constructor(columns: NetworkColumns) {
    this.nodeIds = columns.nodeIds;
    this.aliases = columns.aliases;
    this.channelIds = columns.channelIds;
    this.source = columns.source;
    this.capacitySat = columns.capacitySat;
    this.baseFeeMsat = columns.baseFeeMsat;
    this.feeRatePpm = columns.feeRatePpm;
    this.cltvDelta = columns.cltvDelta;
    this.minHtlcMsat = columns.minHtlcMsat;
    this.maxHtlcMsat = columns.maxHtlcMsat;
    this.disabled = columns.disabled;
    this.known = columns.known;
    this.givenBalanceSat = columns.givenBalanceSat;
    this.nodeIds.forEach((id, node) => this.#nodeIndex.set(id, node));
    this.channelIds.forEach((id, channel) => this.#channelIndex.set(id, channel));
    [this.outgoingStart, this.outgoing] = groupBySource(this.source, this.nodeIds.length);
    this.incomingTerms = new Float64Array(TERMS.count * this.outgoing.length);
    this.incomingLook = new Float32Array(LOOK.count * this.outgoing.length);
    this.incomingSource = this.outgoing.map((outgoing) => this.source[outgoing ^ 1]);
    this.outgoingMostMsat = new Float64Array(this.outgoing.length);
    this.#termsPlace = new Int32Array(this.outgoing.length);
    this.largestIncomingMsat = new Float64Array(this.nodeIds.length);
    this.outgoing.forEach((outgoing, index) => {
      this.#termsPlace[outgoing ^ 1] = TERMS.count * index;
    });
    this.outgoing.forEach((outgoing) => {
      this.#writeTerms(outgoing ^ 1);
      const node = this.source[outgoing];
      if (this.known[outgoing ^ 1] === 0) return;
      this.largestIncomingMsat[node] = Math.max(
        this.largestIncomingMsat[node],
        this.capacitySat[outgoing >> 1] * MSAT_PER_SAT,
      );
    });
  }

  #writeTerms(direction: number): void {
    const terms = this.incomingTerms, place = this.#termsPlace[direction];
    const usable = this.known[direction] === 1 && this.disabled[direction] === 0;
    terms[place + TERMS.source] = this.source[direction];
    terms[place + TERMS.direction] = direction;
    terms[place + TERMS.minHtlcMsat] = usable ? this.minHtlcMsat[direction] : Infinity;
    terms[place + TERMS.maxHtlcMsat] = this.maxHtlcMsat[direction];
    terms[place + TERMS.baseFeeMsat] = this.baseFeeMsat[direction];
    terms[place + TERMS.feeRatePpm] = this.feeRatePpm[direction];
    terms[place + TERMS.cltvDelta] = this.cltvDelta[direction];
    terms[place + TERMS.capacityMsat] = this.capacitySat[direction >> 1] * MSAT_PER_SAT;
    const look = this.incomingLook, lookPlace = place / TERMS.count * LOOK.count;
    look[lookPlace + LOOK.baseFeeMsat] = usable ? this.baseFeeMsat[direction] : Infinity;
    look[lookPlace + LOOK.feePerMsat] = this.feeRatePpm[direction] / 1_000_000;
    look[lookPlace + LOOK.perCapacityMsat] = 1 / terms[place + TERMS.capacityMsat];
    look[lookPlace + LOOK.maxHtlcMsat] = this.maxHtlcMsat[direction] * (1 + LOOK_PRECISION);
    const outgoingPlace = this.#termsPlace[direction ^ 1] / TERMS.count;
    this.outgoingMostMsat[outgoingPlace] = usable ? this.maxHtlcMsat[direction] : 0;
  }

  /** A copy whose terms can change without this one's. */
  clone(): Network {
    return new Network({
      ...this,
      baseFeeMsat: this.baseFeeMsat.slice(),
      feeRatePpm: this.feeRatePpm.slice(),
      cltvDelta: this.cltvDelta.slice(),
      minHtlcMsat: this.minHtlcMsat.slice(),
      maxHtlcMsat: this.maxHtlcMsat.slice(),
      disabled: this.disabled.slice(),
    });
  }

  /** Switches a direction off or on. */
  setDisabled(direction: number, disabled: boolean): void {
    this.disabled[direction] = disabled ? 1 : 0;
    this.#writeTerms(direction);
  }

  /** Changes what the source of a direction charges. */
  setFees(direction: number, fees: { baseFeeMsat: number; feeRatePpm: number }): void {
    this.baseFeeMsat[direction] = fees.baseFeeMsat;
    this.feeRatePpm[direction] = fees.feeRatePpm;
    this.#writeTerms(direction);
  }

  /**
   * Takes over what the source of a direction, whose terms were known before, announced since.
   *
   * @returns whether anything is other than before
   */
  setPolicy(direction: number, policy: Policy): boolean {
    const before = this.policy(direction);
    if (before === undefined) return false;
    const capacityMsat = this.capacitySat[direction >> 1] * MSAT_PER_SAT;
    const maxHtlcMsat = Math.min(policy.maxHtlcMsat, capacityMsat);
    this.baseFeeMsat[direction] = policy.baseFeeMsat;
    this.feeRatePpm[direction] = policy.feeRatePpm;
    this.cltvDelta[direction] = policy.cltvDelta;
    this.minHtlcMsat[direction] = policy.minHtlcMsat;
    this.maxHtlcMsat[direction] = maxHtlcMsat;
    this.setDisabled(direction, policy.disabled);
    return before.baseFeeMsat !== policy.baseFeeMsat || before.feeRatePpm !== policy.feeRatePpm ||
      before.cltvDelta !== policy.cltvDelta || before.minHtlcMsat !== policy.minHtlcMsat ||
      before.maxHtlcMsat !== maxHtlcMsat || before.disabled !== policy.disabled;
  }

  /**
   * Adds a channel behind the others; their numbers and those of directions stay. Columns are made
   * anew: whoever holds one, or has a number for each direction, must look again.
   *
   * @returns its number
   */
  addChannel(channel: NewChannel): number {
    const index = this.channelCount;
    const grown = new Network(columnsWith(this, channel));
    this.#termsPlace = grown.#termsPlace;
    this.#channelIndex.set(channel.channelId, index);
    // All that is public.
    Object.assign(this, grown);
    return index;
  }

  /** Empties a channel for good: no capacity, no terms. Its number stays. */
  closeChannel(channel: number): void {
    const capacitySat = this.capacitySat.slice(), known = this.known.slice();
    capacitySat[channel] = 0;
    known.fill(0, 2 * channel, 2 * channel + 2);
    // Clones share these columns, and only this one changes.
    Object.assign(this, { capacitySat, known });
    for (const direction of [2 * channel, 2 * channel + 1]) this.setDisabled(direction, true);
  }

  get nodeCount(): number {
    return this.nodeIds.length;
  }

  get channelCount(): number {
    return this.channelIds.length;
  }

  /** Number of a node by its id. */
  nodeOf(id: string): number | undefined {
    return this.#nodeIndex.get(id);
  }

  /** Number of a channel by its id. */
  channelOf(id: string): number | undefined {
    return this.#channelIndex.get(id);
  }

  /** Channels of a node, parallel ones counted each. */
  degree(node: number): number {
    return this.outgoingStart[node + 1] - this.outgoingStart[node];
  }

  /** The directions that leave a node. */
  directionsFrom(node: number): Int32Array {
    return this.outgoing.subarray(this.outgoingStart[node], this.outgoingStart[node + 1]);
  }

  /** The direction of `channel` that leaves `node`; undefined when the node is none of its ends. */
  directionFrom(node: number, channel: number): number | undefined {
    if (this.source[2 * channel] === node) return 2 * channel;
    return this.source[2 * channel + 1] === node ? 2 * channel + 1 : undefined;
  }

  /** What the source of `direction` charges for forwarding `amountMsat` through it; whole msat, rounded down as BOLT 7 has it. */
  feeMsat(direction: number, amountMsat: number): number {
    return this.baseFeeMsat[direction] +
      Math.floor(amountMsat * this.feeRatePpm[direction] / 1_000_000);
  }

  /** Whether others may send `amountMsat` in `direction` by what its source announced. */
  carries(direction: number, amountMsat: number): boolean {
    return this.known[direction] === 1 && this.disabled[direction] === 0 &&
      amountMsat >= this.minHtlcMsat[direction] && amountMsat <= this.maxHtlcMsat[direction];
  }

  /** Announced terms of a direction; undefined where none are known. */
  policy(direction: number): Policy | undefined {
    return this.known[direction] === 0 ? undefined : {
      baseFeeMsat: this.baseFeeMsat[direction],
      feeRatePpm: this.feeRatePpm[direction],
      cltvDelta: this.cltvDelta[direction],
      minHtlcMsat: this.minHtlcMsat[direction],
      maxHtlcMsat: this.maxHtlcMsat[direction],
      disabled: this.disabled[direction] === 1,
    };
  }

  /** Sum of the capacities of a node's channels. */
  nodeCapacitySat(node: number): number {
    let sum = 0;
    for (const direction of this.directionsFrom(node)) sum += this.capacitySat[direction >> 1];
    return sum;
  }
}

/** The columns with one channel more. */
function columnsWith(network: Network, channel: NewChannel): NetworkColumns {
  const { policies } = channel;
  const append = <T extends NumberColumn>(column: T, larger: T, values: readonly number[]) => {
    larger.set(values, column.length);
    return grown(column, larger);
  };
  const longer = (column: Float64Array, ...values: number[]) =>
    append(column, new Float64Array(column.length + values.length), values);
  const directions = network.source.length + 2;
  const capacityMsat = channel.capacitySat * MSAT_PER_SAT;
  const largest = policies.map((policy) => Math.min(policy.maxHtlcMsat, capacityMsat));
  return {
    nodeIds: network.nodeIds,
    aliases: network.aliases,
    channelIds: [...network.channelIds, channel.channelId],
    source: append(network.source, new Int32Array(directions), channel.nodes),
    capacitySat: longer(network.capacitySat, channel.capacitySat),
    baseFeeMsat: longer(network.baseFeeMsat, ...policies.map((policy) => policy.baseFeeMsat)),
    feeRatePpm: longer(network.feeRatePpm, ...policies.map((policy) => policy.feeRatePpm)),
    cltvDelta: longer(network.cltvDelta, ...policies.map((policy) => policy.cltvDelta)),
    minHtlcMsat: longer(network.minHtlcMsat, ...policies.map((policy) => policy.minHtlcMsat)),
    maxHtlcMsat: longer(network.maxHtlcMsat, ...largest),
    disabled: append(
      network.disabled,
      new Uint8Array(directions),
      policies.map(({ disabled }) => Number(disabled)),
    ),
    known: append(network.known, new Uint8Array(directions), [1, 1]),
    givenBalanceSat: longer(network.givenBalanceSat, NaN),
  };
}

/** Compressed rows: the directions sorted by their source. */
function groupBySource(source: Int32Array, nodeCount: number): [Int32Array, Int32Array] {
  const start = new Int32Array(nodeCount + 1);
  for (const node of source) start[node + 1]++;
  for (let node = 0; node < nodeCount; node++) start[node + 1] += start[node];
  const next = start.slice(0, nodeCount);
  const grouped = new Int32Array(source.length);
  for (let direction = 0; direction < source.length; direction++) {
    grouped[next[source[direction]]++] = direction;
  }
  return [start, grouped];
}
