import type { Network } from "../network.ts";
import { type MemoryColumns, type MemorySnapshot, SenderMemory } from "./sender_memory.ts";

export interface KnowledgeOptions {
  /** Records a sender. */
  most: number;
  /** What a record is of: for `pairs` parallel channels share one, as mission control has it. */
  of: "directions" | "pairs";
  /** In which a failure loses half its weight. */
  halfLifeMs: number;
}

/**
 * The {@linkcode SenderMemory} of a network's payers, with that of one payer, the sender of now, at
 * hand for searches: records by direction and by node in one look each.
 */
export class SenderKnowledge {
  readonly memory: SenderMemory;
  sender = -1;
  nowMs = 0;
  /** The records of the sender of now. */
  columns: MemoryColumns | undefined;
  /** What is left of each record's failure, 1 when fresh; 0 for none. */
  failWeight = new Float64Array(16);
  /** For each record the one before it whose direction leaves the same node; -1 for none. */
  #beforeOfNode = new Int32Array(16);
  readonly #keyOf: Int32Array;
  /** Place of a key's record, of a node's last record, valid where the stamp is this generation's. */
  readonly #place: Int32Array;
  readonly #stamp: Int32Array;
  readonly #lastOfNode: Int32Array;
  readonly #nodeStamp: Int32Array;
  /** What passes in own channels. */
  readonly #exactMsat: Float64Array;
  readonly #exactStamp: Int32Array;
  #exactGeneration = 0;
  #generation = 0;
  /** Records that are in the index. */
  #indexed = 0;

  readonly halfLifeMs: number;

  constructor(readonly network: Network, { most, of, halfLifeMs }: KnowledgeOptions) {
    const directions = 2 * network.channelCount;
    this.memory = new SenderMemory(most);
    this.halfLifeMs = halfLifeMs;
    this.#keyOf = of === "pairs"
      ? pairKeys(network)
      : Int32Array.from({ length: directions }, (_, d) => d);
    this.#place = new Int32Array(directions);
    this.#stamp = new Int32Array(directions);
    this.#lastOfNode = new Int32Array(network.nodeCount);
    this.#nodeStamp = new Int32Array(network.nodeCount);
    this.#exactMsat = new Float64Array(directions);
    this.#exactStamp = new Int32Array(directions);
  }

  /** Makes a sender the one of now. What it was not taught anew for `keepMs` is forgotten. */
  begin(sender: number, nowMs: number, keepMs = Infinity): void {
    this.#exactGeneration++;
    this.sender = sender;
    this.nowMs = nowMs;
    if (keepMs !== Infinity) this.memory.forgetUntil(sender, nowMs - keepMs);
    this.columns = this.memory.of(sender);
    this.#indexAll();
  }

  #indexAll(): void {
    this.#generation++;
    this.#indexed = 0;
    for (let place = 0; place < (this.columns?.size ?? 0); place++) this.#index(place);
  }

  #index(place: number): void {
    const key = this.columns!.keys[place], node = this.network.source[key];
    if (place >= this.#beforeOfNode.length) {
      this.#beforeOfNode = resized(this.#beforeOfNode, new Int32Array(2 * place));
      this.failWeight = resized(this.failWeight, new Float64Array(2 * place));
    }
    this.#indexed = place + 1;
    this.weighFailure(place);
    this.#place[key] = place;
    this.#stamp[key] = this.#generation;
    this.#beforeOfNode[place] = this.lastOfNode(node);
    this.#lastOfNode[node] = place;
    this.#nodeStamp[node] = this.#generation;
  }

  /** To be called when a record's failure was written. */
  weighFailure(place: number): void {
    this.failWeight[place] = 0.5 ** ((this.nowMs - this.columns!.failMs[place]) / this.halfLifeMs);
  }

  learnExact(direction: number, availableMsat: number): void {
    this.#exactMsat[direction] = availableMsat;
    this.#exactStamp[direction] = this.#exactGeneration;
  }

  /** What passes in a direction of the sender's own; -1 where it was not told. */
  exactMsat(direction: number): number {
    return this.#exactStamp[direction] === this.#exactGeneration ? this.#exactMsat[direction] : -1;
  }

  /** What all channels of the pair of nodes share. */
  keyOf(direction: number): number {
    return this.#keyOf[direction];
  }

  /** Place in `columns` of what the sender of now knows of a direction; -1 for nothing. */
  placeOf(direction: number): number {
    const key = this.#keyOf[direction];
    return this.#stamp[key] === this.#generation ? this.#place[key] : -1;
  }

  /** Place of the last record of a direction out of a node; -1 for none. */
  lastOfNode(node: number): number {
    return this.#nodeStamp[node] === this.#generation ? this.#lastOfNode[node] : -1;
  }

  /** Place of the record of the same node before that at `place`; -1 for none. */
  beforeOfNode(place: number): number {
    return this.#beforeOfNode[place];
  }

  /** A sender's record of a direction, to be written: its place in `memory.of(sender)`. */
  write(sender: number, direction: number): number {
    const key = this.#keyOf[direction];
    const place = this.memory.place(sender, key);
    if (sender !== this.sender || this.placeOf(direction) === place) return place;
    this.columns = this.memory.of(sender);
    if (place === this.#indexed) this.#index(place);
    // The new record took the place of another.
    else this.#indexAll();
    return place;
  }

  snapshot(): MemorySnapshot {
    return this.memory.snapshot();
  }

  restore(snapshot: MemorySnapshot): void {
    this.memory.restore(snapshot);
    this.sender = -1;
    this.columns = undefined;
    this.#indexAll();
  }
}

/** For each direction the least one between the same two nodes the same way. */
function pairKeys(network: Network): Int32Array {
  const { source, outgoing, outgoingStart, nodeCount } = network;
  const keys = new Int32Array(source.length);
  const leastTo = new Int32Array(nodeCount);
  const seenFrom = new Int32Array(nodeCount).fill(-1);
  for (let node = 0; node < nodeCount; node++) {
    for (let at = outgoingStart[node]; at < outgoingStart[node + 1]; at++) {
      const direction = outgoing[at], to = source[direction ^ 1];
      if (seenFrom[to] !== node) {
        seenFrom[to] = node;
        leastTo[to] = direction;
      }
      keys[direction] = leastTo[to];
    }
  }
  return keys;
}

function resized<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
