import { MSAT_PER_SAT } from "../../core/mod.ts";
import { priorAtLeast, priorAtMost } from "../generated/balance_prior.ts";
import type { HopModel, HopTerms } from "./hop_model.ts";
import type { LiquidityPrior } from "./liquidity_prior.ts";
import type { Network } from "../network.ts";

/**
 * What somebody knows of the liquidity of directions: an amount that went through and one that
 * didn't. What is not known follows the prior of channel balances. Forgetting all of it is O(1).
 */
export class LiquidityBounds implements HopModel {
  readonly bestOwnChance = 1;
  readonly #heldMsat: Float64Array;
  readonly #failedMsat: Float64Array;
  /** Generation in which a direction was last written; others are stale. */
  readonly #stamp: Int32Array;
  #generation = 1;
  /** Generation in which a success was last learned. */
  #successGeneration = 0;

  /** By node: what is known of all directions into it and out of it, as scores of the prior. */
  readonly #into: Float32Array;
  readonly #outOf: Float32Array;
  readonly #shifted: number[] = [];

  /** @param prior how channels are filled of which nothing is known; by capacity alone when left out */
  constructor(readonly network: Network, readonly prior?: LiquidityPrior) {
    const directions = 2 * network.channelCount;
    const nodes = prior === undefined ? 0 : network.nodeCount;
    this.#into = new Float32Array(nodes);
    this.#outOf = new Float32Array(nodes);
    this.#heldMsat = new Float64Array(directions);
    this.#failedMsat = new Float64Array(directions);
    this.#stamp = new Int32Array(directions);
  }

  /** Forgets everything. */
  reset(): void {
    this.#generation++;
    for (const node of this.#shifted) this.#into[node] = this.#outOf[node] = 0;
    this.#shifted.length = 0;
  }

  /** All directions into `node` and all out of it hold more or less than the prior says. */
  learnNode(node: number, { into, outOf }: { into: number; outOf: number }): void {
    if (this.prior === undefined) return;
    this.#into[node] = into;
    this.#outOf[node] = outOf;
    this.#shifted.push(node);
  }

  /** `amountMsat`, and so anything above it, can't pass. */
  learnFailure(direction: number, amountMsat: number): void {
    this.#touch(direction);
    this.#failedMsat[direction] = Math.min(this.#failedMsat[direction], amountMsat);
    this.#heldMsat[direction] = Math.min(this.#heldMsat[direction], amountMsat - 1);
  }

  /** `amountMsat`, and so anything below it, can pass. */
  learnSuccess(direction: number, amountMsat: number): void {
    this.#successGeneration = this.#generation;
    this.#touch(direction);
    this.#heldMsat[direction] = Math.max(this.#heldMsat[direction], amountMsat);
    this.#failedMsat[direction] = Math.max(this.#failedMsat[direction], amountMsat + 1);
  }

  /** Whether some direction of another node may be surer than its capacity says. */
  get knowsSuccesses(): boolean {
    return this.#successGeneration === this.#generation;
  }

  /** Exactly this much can pass. Only for channels of the node that looks for a way. */
  learnExact(direction: number, availableMsat: number): void {
    this.#touch(direction);
    this.#heldMsat[direction] = availableMsat;
    this.#failedMsat[direction] = availableMsat + 1;
  }

  #touch(direction: number): void {
    if (this.#stamp[direction] === this.#generation) return;
    this.#stamp[direction] = this.#generation;
    this.#heldMsat[direction] = 0;
    this.#failedMsat[direction] = Infinity;
  }

  /** The least amount known to fail in a direction; Infinity where none is. */
  failedMsat(direction: number): number {
    return this.#stamp[direction] === this.#generation ? this.#failedMsat[direction] : Infinity;
  }

  /** The largest amount known to pass; 0 where none is. */
  heldMsat(direction: number): number {
    return this.#stamp[direction] === this.#generation ? this.#heldMsat[direction] : 0;
  }

  /** The chance, 0 to 1, that a direction holds `amountMsat`, given what is known. */
  probability(direction: number, amountMsat: number): number {
    const capacityMsat = this.network.capacitySat[direction >> 1] * MSAT_PER_SAT;
    return this.#chance(direction, amountMsat, capacityMsat);
  }

  chance({ direction, amountMsat, capacityMsat }: HopTerms): number {
    return this.#chance(direction, amountMsat, capacityMsat);
  }

  chanceAtMost(share: number): number {
    return this.knowsSuccesses || this.prior !== undefined ? 1 : priorAtMost(share);
  }

  #chance(direction: number, amountMsat: number, capacityMsat: number): number {
    if (this.#stamp[direction] !== this.#generation) {
      return this.#prior(direction, amountMsat / capacityMsat);
    }
    const failed = this.#failedMsat[direction], held = this.#heldMsat[direction];
    if (amountMsat >= failed) return 0;
    if (amountMsat <= held) return 1;
    return chanceBetween(
      this.#prior(direction, amountMsat / capacityMsat),
      this.#prior(direction, held / capacityMsat),
      this.#prior(direction, failed / capacityMsat),
    );
  }

  #prior(direction: number, fraction: number): number {
    const { prior } = this;
    if (prior === undefined) return priorAtLeast(fraction);
    return prior.atLeast(direction, fraction, this.#shift(direction));
  }

  /** What is known of the nodes at both ends. */
  #shift(direction: number): number {
    const { source } = this.network;
    return this.#into[source[direction ^ 1]] + this.#outOf[source[direction]];
  }

  weigh({ feeMsat, riskMsat }: HopTerms): number {
    return feeMsat + riskMsat;
  }

  rulesOut(direction: number, amountMsat: number): boolean {
    return amountMsat >= this.failedMsat(direction);
  }

  bestChanceInto(amountMsat: number, largestCapacityMsat: number): number {
    return this.knowsSuccesses || this.prior !== undefined
      ? 1
      : priorAtLeast(amountMsat / largestCapacityMsat);
  }

  bestChance(): number {
    return 1;
  }

  knowsNode(): boolean {
    return true;
  }

  knowsSurer(): boolean {
    return false;
  }
}

/**
 * The chance that a direction holds an amount where it is known to hold less and not to hold more.
 *
 * @param amount chance, by the prior, that it holds the amount
 * @param held the same for what it holds
 * @param failed the same for what it does not hold
 */
export function chanceBetween(amount: number, held: number, failed: number): number {
  const between = held - failed;
  return between <= 0 ? 0 : (amount - failed) / between;
}
