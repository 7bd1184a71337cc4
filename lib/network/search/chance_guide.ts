import {
  ChanceLevels,
  type Gate,
  LEVELS_A_HOP,
  PAYER_LEVEL,
  PEER_LEVEL,
  UNMEASURED,
  UNREACHED,
} from "./chance_levels.ts";
import { ChanceScale } from "./chance_scale.ts";
import type { GuideAim } from "./guide.ts";
import type { HopDistances } from "./hop_distances.ts";
import { emptyHop, type KnowingModel } from "./hop_model.ts";
import type { Network } from "../network.ts";

/** Payers with more peers are seen as a whole. */
const MOST_PEERS = 48;
/** Where more nodes than these are surer than unknown ones there is no guide. */
const MOST_SURER = 40;
/** Amounts that levels are made for apart, at most. */
const MOST_AMOUNTS = 64;

/** A node with how far others are from it. */
interface Place {
  node: number;
  hops: Uint8Array;
}

/**
 * How likely ways from the payer to nodes can be at most, as levels of nodes
 * ({@linkcode ChanceLevels}). Amounts grow towards the payer by the fees, and hops are less likely
 * for greater amounts: so there are levels for several amounts, each for all above it as well. It
 * is that which makes them sharp: a failure counts from its amount on.
 */
export class ChanceGuide {
  readonly #network: Network;
  readonly #model: KnowingModel;
  readonly #distances: HopDistances;
  readonly #scales: Record<"own" | "other", ChanceScale>;
  /** What levels mean in this search. */
  scale: ChanceScale;
  readonly #logBest: number;
  #aim: GuideAim = { payer: 0, pays: true, amountMsat: 0 };
  #known: number[] = [];
  /** Directions by which the payer may send, and the peers at their ends; none for big payers. */
  #peers: (Place & { direction: number })[] = [];
  #surer: Place[] = [];
  /** Amounts from which on the levels at the same index count, least first. */
  #fromMsat: number[] = [];
  readonly #levels: ChanceLevels[] = [];
  readonly #isMade: boolean[] = [];
  readonly #hop = emptyHop();

  constructor(model: KnowingModel, distances: HopDistances) {
    const { network } = distances.widths;
    this.#network = network;
    this.#model = model;
    this.#distances = distances;
    this.#scales = { own: new ChanceScale(model, true), other: new ChanceScale(model, false) };
    this.scale = this.#scales.own;
    this.#logBest = Math.log(model.bestChance());
  }

  /**
   * Begins a search of a payer, by what the model knows now.
   *
   * @returns whether the guide can be used: not where very much is known
   */
  begin(aim: GuideAim): boolean {
    const model = this.#model;
    this.#aim = aim;
    this.scale = aim.pays ? this.#scales.own : this.#scales.other;
    this.#known = model.knownNodes();
    const surer = this.#known.filter((node) =>
      node !== aim.payer && model.bestChanceFrom(node, aim.amountMsat) > model.bestChance()
    );
    if (surer.length > MOST_SURER) return false;
    this.#surer = surer.map((node) => this.#placeOf(node));
    this.#peers = aim.pays ? this.#peersOf(aim.payer) : [];
    this.#noteAmounts();
    this.#isMade.length = 0;
    return true;
  }

  /** Index of the levels that count for an amount; no less than `from`. */
  indexFor(amountMsat: number, from = 0): number {
    const starts = this.#fromMsat;
    while (from + 1 < starts.length && starts[from + 1] <= amountMsat) from++;
    return from;
  }

  levelsAt(index: number): ChanceLevels {
    return this.#isMade[index] ? this.#levels[index] : this.#make(index);
  }

  /** Level of a node by the levels at an index. */
  levelOf(node: number, index: number): number {
    const there = this.levelsAt(index), known = there.levels[node];
    return (known === UNMEASURED ? there.measure(node) : known) & 255;
  }

  #placeOf(node: number): Place {
    return { node, hops: this.#distances.from(node, this.#aim.amountMsat) };
  }

  #peersOf(payer: number): (Place & { direction: number })[] {
    const network = this.#network, model = this.#model;
    const peers: (Place & { direction: number })[] = [];
    for (const direction of network.directionsFrom(payer)) {
      const node = network.source[direction ^ 1];
      // A node with one channel is in no way further on.
      if (network.degree(node) === 1 || model.rulesOut(direction, this.#aim.amountMsat)) continue;
      if (peers.length === MOST_PEERS) return [];
      peers.push({ direction, ...this.#placeOf(node) });
    }
    return peers;
  }

  /** From which amounts on levels may be higher. */
  #noteAmounts(): void {
    const { payer, pays, amountMsat } = this.#aim;
    const nodes = new Set([...this.#surer, ...this.#peers].map(({ node }) => node));
    if (!pays) nodes.add(payer);
    const changes = new Set<number>();
    for (const node of nodes) {
      for (const change of this.#model.changesAbove(node, amountMsat)) changes.add(change);
    }
    this.#fromMsat = [amountMsat, ...[...changes].sort((a, b) => a - b)].slice(0, MOST_AMOUNTS);
  }

  #make(index: number): ChanceLevels {
    const levels = this.#levels[index] ??= new ChanceLevels(this.#network.nodeCount);
    const amountMsat = this.#fromMsat[index];
    const gates = this.#firstGates(amountMsat);
    for (const { node, hops } of this.#surer) {
      if (gates.some((gate) => gate.node === node)) continue;
      gates.push({ node, hops, level: Infinity, worth: this.#worthOf(node, amountMsat) });
    }
    const known = this.#known.map((node) => ({ node, worth: this.#worthOf(node, amountMsat) }));
    levels.begin(gates, known);
    const { payer, pays } = this.#aim;
    levels.setPayer({
      node: payer,
      worth: pays ? PEER_LEVEL - PAYER_LEVEL : this.#worthOf(payer, amountMsat),
    });
    this.#isMade[index] = true;
    return levels;
  }

  /** Where ways begin: at peers of the payer, or at the payer itself. */
  #firstGates(amountMsat: number): Gate[] {
    const { payer, pays } = this.#aim;
    if (!pays) {
      const worth = this.#worthOf(payer, amountMsat);
      return [{ ...this.#placeOf(payer), level: PAYER_LEVEL, worth }];
    }
    if (this.#peers.length === 0) {
      return [{ ...this.#placeOf(payer), level: PEER_LEVEL, worth: 0 }];
    }
    const gates: Gate[] = [];
    for (const { direction, node, hops } of this.#peers) {
      const level = this.#peerLevel(direction, amountMsat);
      const parallel = gates.find((gate) => gate.node === node);
      if (parallel !== undefined) parallel.level = Math.min(parallel.level, level);
      else gates.push({ node, hops, level, worth: this.#worthOf(node, amountMsat) });
    }
    return gates;
  }

  /** Level of the payer's peer by one channel; Infinity where that can't carry the amount. */
  #peerLevel(direction: number, amountMsat: number): number {
    const hop = this.#hop;
    hop.direction = direction;
    hop.source = this.#aim.payer;
    hop.amountMsat = amountMsat;
    hop.capacityMsat = Infinity;
    const chance = this.#model.chance(hop);
    return chance === 0
      ? Infinity
      : PEER_LEVEL + this.#levelsOf(chance / this.#model.bestOwnChance);
  }

  #worthOf(node: number, amountMsat: number): number {
    return this.#levelsOf(this.#model.bestChanceFrom(node, amountMsat));
  }

  /** A chance in levels, rounded down. */
  #levelsOf(chance: number): number {
    const levels = Math.floor(LEVELS_A_HOP * Math.log(chance) / this.#logBest + 1e-9);
    return Math.max(0, Math.min(UNREACHED, levels));
  }
}
