/**
 * What a payer thinks of hops: how likely one carries an amount, and what it weighs. A search asks
 * it for every direction it looks at; the bounds let it pass over what can't be in the best way.
 */
export interface HopModel {
  /** The chance, 0 to 1, that a hop carries its amount; 0 rules it out. */
  chance(hop: HopTerms): number;
  /**
   * `chance` of any direction that is not the payer's is at most this where the hop carries `share`
   * of its capacity. It is asked far more often than `chance`.
   */
  chanceAtMost(share: number): number;
  /**
   * What is put down for a hop, msat: the fee, and 0 or more for the risk of the time lock and
   * whatever else makes it less welcome.
   */
  weigh(hop: HopTerms): number;
  /** Whether `chance` surely is 0, for an amount and all above. */
  rulesOut(direction: number, amountMsat: number): boolean;
  /** `chance` of a direction into a node is at most this, for that amount and above. */
  bestChanceInto(amountMsat: number, largestCapacityMsat: number): number;
  /**
   * `chance` of any direction of which nothing is known, for that amount and above, is at most
   * this, but for directions out of the payer.
   */
  bestChance(amountMsat: number): number;
  /** Whether a node's directions may be surer than `bestChance`. */
  knowsNode(node: number): boolean;
  /** `chance` of any direction is at most this. */
  readonly bestOwnChance: number;
  /** Whether some other direction may be surer than `bestChance`, by what is known. */
  knowsSurer(amountMsat: number): boolean;
  /** The model itself where searches are to find the cheapest way of all; see `GuidedSearch`. */
  readonly knowing?: KnowingModel;
}

/**
 * A model to which all hops are equally likely at most, but for those of nodes of which something
 * is known, and to which no hop is likelier for a greater amount.
 */
export interface KnowingModel extends HopModel {
  /** The same for all amounts. */
  bestChance(): number;
  /** The nodes of whose hops something is known, each once. */
  knownNodes(): number[];
  /** The chance of a node's hops at most, for that amount and all above; not for the payer's. */
  bestChanceFrom(node: number, amountMsat: number): number;
  /** Amounts above `amountMsat` from which on `bestChanceFrom` may be less. */
  changesAbove(node: number, amountMsat: number): number[];
}

/** A hop to be judged. One object is used again and again: it is not to be kept. */
export interface HopTerms {
  direction: number;
  /** The node that pays. */
  source: number;
  /** What the hop carries, and the capacity of its channel. */
  amountMsat: number;
  capacityMsat: number;
  /** What its source charges; 0 for the payer's own. */
  feeMsat: number;
  /** {@linkcode SearchLimits.riskPerBlock} of its time lock. */
  riskMsat: number;
}

/** A hop as yet without terms. */
export function emptyHop(): HopTerms {
  return { direction: 0, source: 0, amountMsat: 0, capacityMsat: 0, feeMsat: 0, riskMsat: 0 };
}
