import { grown, MSAT_PER_SAT } from "../core/mod.ts";
import type { Network } from "./network.ts";

/** The share of its capacity that each side of a channel must keep (BOLT 2's customary 1 %). */
export const RESERVE_RATIO = 0.01;

/**
 * Who owns what in every channel. For each channel, at any time,
 * balance of node1 + balance of node2 + what is in flight both ways == capacity; nothing in this
 * class can change that sum, and {@linkcode Balances.check} proves it.
 *
 * An HTLC is `lock`ed in a direction and then either `settle`d (the far side gets it) or `fail`ed
 * (the near side gets it back).
 */
export class Balances {
  /** What the source of a direction owns in its channel, reserve included, by direction. */
  balanceMsat: Float64Array;
  /** Sum of HTLCs that the source offered and that are not resolved, by direction. */
  inFlightMsat: Float64Array;
  /** What each side must keep, by channel. */
  reserveMsat: Float64Array;

  private constructor(readonly network: Network, readonly reserveRatio: number) {
    this.balanceMsat = new Float64Array(2 * network.channelCount);
    this.inFlightMsat = new Float64Array(2 * network.channelCount);
    this.reserveMsat = network.capacitySat.map((capacitySat) =>
      Math.floor(capacitySat * MSAT_PER_SAT * reserveRatio)
    );
  }

  /**
   * @param balance1Sat balance of node1 of a channel, 0 to the capacity; fractions of a satoshi
   *   are dropped
   */
  static of(
    network: Network,
    balance1Sat: (channel: number) => number,
    { reserveRatio = RESERVE_RATIO }: { reserveRatio?: number } = {},
  ): Balances {
    const balances = new Balances(network, reserveRatio);
    for (let channel = 0; channel < network.channelCount; channel++) {
      const capacitySat = network.capacitySat[channel];
      const nearSat = Math.floor(balance1Sat(channel));
      if (!(nearSat >= 0 && nearSat <= capacitySat)) {
        throw new RangeError(`channel ${channel}: balance ${nearSat} of capacity ${capacitySat}`);
      }
      balances.balanceMsat[2 * channel] = nearSat * MSAT_PER_SAT;
      balances.balanceMsat[2 * channel + 1] = (capacitySat - nearSat) * MSAT_PER_SAT;
    }
    return balances;
  }

  /** An independent copy, for a twin; of the channels of `network` where that is another. */
  clone(network = this.network): Balances {
    const copy = new Balances(network, this.reserveRatio);
    copy.balanceMsat.set(this.balanceMsat);
    copy.inFlightMsat.set(this.inFlightMsat);
    return copy;
  }

  /** The most that one HTLC can carry in a direction now: the balance above the reserve. */
  availableMsat(direction: number): number {
    return Math.max(0, this.balanceMsat[direction] - this.reserveMsat[direction >> 1]);
  }

  /**
   * Puts an HTLC into a direction.
   *
   * @returns false, and nothing changed, when the balance above the reserve doesn't suffice
   * @throws {RangeError} when the amount is not a whole number of 0 or more
   */
  lock(direction: number, amountMsat: number): boolean {
    requireAmount(amountMsat);
    if (amountMsat > this.availableMsat(direction)) return false;
    this.balanceMsat[direction] -= amountMsat;
    this.inFlightMsat[direction] += amountMsat;
    return true;
  }

  /** Gives a locked amount to the far side. @throws {RangeError} when less is in flight */
  settle(direction: number, amountMsat: number): void {
    this.#release(direction, amountMsat);
    this.balanceMsat[direction ^ 1] += amountMsat;
  }

  /** Gives a locked amount back to the near side. @throws {RangeError} when less is in flight */
  fail(direction: number, amountMsat: number): void {
    this.#release(direction, amountMsat);
    this.balanceMsat[direction] += amountMsat;
  }

  #release(direction: number, amountMsat: number): void {
    requireAmount(amountMsat);
    if (amountMsat > this.inFlightMsat[direction]) {
      throw new RangeError(
        `direction ${direction}: ${amountMsat} msat to resolve, ` +
          `${this.inFlightMsat[direction]} in flight`,
      );
    }
    this.inFlightMsat[direction] -= amountMsat;
  }

  /**
   * Sets the balances of a channel anew, as closing and opening it, or a swap with the chain,
   * would. HTLCs in flight stay.
   *
   * @param nearMsat the new balance of the source of `direction`; what is in flight limits it
   */
  refresh(direction: number, nearMsat: number): void {
    const channel = direction >> 1;
    const free = this.network.capacitySat[channel] * MSAT_PER_SAT -
      this.inFlightMsat[direction] - this.inFlightMsat[direction ^ 1];
    const near = Math.min(free, Math.max(0, Math.floor(nearMsat)));
    this.balanceMsat[direction] = near;
    this.balanceMsat[direction ^ 1] = free - near;
  }

  /**
   * Takes up the channel that was added to the network last.
   *
   * @param msat what each end brings in; together the capacity
   */
  open(msat: readonly [number, number]): void {
    const channel = this.network.channelCount - 1;
    this.balanceMsat = grown(this.balanceMsat, new Float64Array(2 * channel + 2));
    this.inFlightMsat = grown(this.inFlightMsat, new Float64Array(2 * channel + 2));
    this.reserveMsat = grown(this.reserveMsat, new Float64Array(channel + 1));
    this.balanceMsat.set(msat, 2 * channel);
    this.reserveMsat[channel] = Math.floor((msat[0] + msat[1]) * this.reserveRatio);
  }

  /**
   * Pays out a channel in which nothing is in flight; the network closes it.
   *
   * @returns what each end gets
   * @throws {Error} when something is in flight
   */
  close(channel: number): [number, number] {
    const a = 2 * channel, b = a + 1;
    if (this.inFlightMsat[a] + this.inFlightMsat[b] > 0) {
      throw new Error(`channel ${this.network.channelIds[channel]} has HTLCs in flight`);
    }
    const paid: [number, number] = [this.balanceMsat[a], this.balanceMsat[b]];
    this.balanceMsat.fill(0, a, b + 1);
    this.reserveMsat[channel] = 0;
    return paid;
  }

  /** @throws {Error} naming the first channel whose parts don't add up to its capacity or are negative */
  check(): void {
    for (let channel = 0; channel < this.network.channelCount; channel++) {
      const a = 2 * channel, b = a + 1;
      const parts = [
        this.balanceMsat[a],
        this.balanceMsat[b],
        this.inFlightMsat[a],
        this.inFlightMsat[b],
      ];
      const sum = parts[0] + parts[1] + parts[2] + parts[3];
      const capacityMsat = this.network.capacitySat[channel] * MSAT_PER_SAT;
      if (sum !== capacityMsat || !parts.every((part) => part >= 0 && Number.isSafeInteger(part))) {
        throw new Error(
          `channel ${this.network.channelIds[channel]}: balances ${parts[0]} and ${parts[1]} and ` +
            `${parts[2] + parts[3]} in flight, capacity ${capacityMsat} msat`,
        );
      }
    }
  }
}

function requireAmount(amountMsat: number): void {
  if (!(Number.isSafeInteger(amountMsat) && amountMsat >= 0)) {
    throw new RangeError(`amount ${amountMsat} msat: expected a whole number of 0 or more`);
  }
}
