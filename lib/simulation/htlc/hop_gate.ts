import { grown, MINUTE_MS, MSAT_PER_SAT } from "../../core/mod.ts";
import type { Balances, Network } from "../../network/mod.ts";
import { reasonCode } from "./failures.ts";
import type { HtlcPool } from "./htlc_pool.ts";
import type { Outages } from "./outages.ts";

/** What channels take at a time, in each direction. */
export const GATE_OPTIONS = {
  /** HTLCs (BOLT 2's most). */
  maxHtlcs: 483,
  /** Amount in flight, as a share of the capacity. */
  maxInFlightShare: 1,
};
export type GateOptions = typeof GATE_OPTIONS;

/** An HTLC that a node is asked to forward: what comes in and what is to go out. */
export interface ForwardRequest {
  direction: number;
  inAmountMsat: number;
  outAmountMsat: number;
  inExpiryMs: number;
  outExpiryMs: number;
}

/** Mean time between blocks: what time locks are counted in. */
export const BLOCK_MS = 10 * MINUTE_MS;

const CODE = {
  disabled: reasonCode("channel_disabled"),
  offline: reasonCode("peer_offline"),
  closed: reasonCode("channel_closed"),
  fee: reasonCode("fee_insufficient"),
  cltv: reasonCode("incorrect_cltv_expiry"),
  minimum: reasonCode("amount_below_minimum"),
  maximum: reasonCode("amount_above_maximum"),
  soon: reasonCode("expiry_too_soon"),
  slots: reasonCode("too_many_htlcs"),
  inFlight: reasonCode("in_flight_limit"),
  balance: reasonCode("insufficient_balance"),
} satisfies Record<string, number>;

/** No fault. */
export const PASSED = -1;

/**
 * Decides whether an HTLC may enter a direction, by the terms, states and balances of that moment,
 * and counts those that did.
 */
export class HopGate {
  readonly options: GateOptions;
  /** HTLCs in a direction, by direction. */
  #used: Int32Array;
  /** 1 for channels that take no new HTLC, by channel. */
  #closing: Uint8Array;

  constructor(
    readonly network: Network,
    readonly balances: Balances,
    readonly outages: Outages,
    options: Partial<GateOptions> = {},
  ) {
    this.options = { ...GATE_OPTIONS, ...options };
    this.#used = new Int32Array(2 * network.channelCount);
    this.#closing = new Uint8Array(network.channelCount);
  }

  /** HTLCs in a direction now. */
  used(direction: number): number {
    return this.#used[direction];
  }

  isClosing(channel: number): boolean {
    return this.#closing[channel] === 1;
  }

  /** Nothing new enters a channel from now on. */
  close(channel: number): void {
    this.#closing[channel] = 1;
  }

  /** Makes room for channels that were added to the network. */
  grow(): void {
    const { channelCount } = this.network;
    this.#used = grown(this.#used, new Int32Array(2 * channelCount));
    this.#closing = grown(this.#closing, new Uint8Array(channelCount));
  }

  /** Puts an HTLC into the direction by which it is to be forwarded. Returns the number of the fault, or `PASSED`. */
  enter(request: ForwardRequest, nowMs: number): number {
    const { network } = this;
    const { direction, inAmountMsat, outAmountMsat, inExpiryMs, outExpiryMs } = request;
    if (network.known[direction] === 0) return CODE.disabled;
    if (outAmountMsat < network.minHtlcMsat[direction]) return CODE.minimum;
    if (outAmountMsat > network.maxHtlcMsat[direction]) return CODE.maximum;
    if (inAmountMsat - outAmountMsat < network.feeMsat(direction, outAmountMsat)) return CODE.fee;
    if (inExpiryMs - outExpiryMs < network.cltvDelta[direction] * BLOCK_MS) return CODE.cltv;
    if (outExpiryMs <= nowMs) return CODE.soon;
    return this.enterOwn(direction, outAmountMsat);
  }

  /** Puts a payer's own HTLC into its channel. Returns the number of the fault, or `PASSED`. */
  enterOwn(direction: number, amountMsat: number): number {
    const { network, balances } = this;
    if (this.#closing[direction >> 1] === 1) return CODE.closed;
    if (network.disabled[direction] === 1) return CODE.disabled;
    if (this.outages.isAway(network.source[direction ^ 1])) return CODE.offline;
    // What the channel doesn't hold is demand that it could not serve, whatever else is in the way.
    if (amountMsat > balances.availableMsat(direction)) return CODE.balance;
    if (this.#used[direction] >= this.options.maxHtlcs) return CODE.slots;
    const mostMsat = this.options.maxInFlightShare * network.capacitySat[direction >> 1] *
      MSAT_PER_SAT;
    if (balances.inFlightMsat[direction] + amountMsat > mostMsat) return CODE.inFlight;
    balances.lock(direction, amountMsat);
    this.#used[direction]++;
    return PASSED;
  }

  /** An HTLC ends: the far side gets it, or the near side gets it back. */
  leave(direction: number, amountMsat: number, settled: boolean): void {
    this.#used[direction]--;
    if (settled) this.balances.settle(direction, amountMsat);
    else this.balances.fail(direction, amountMsat);
  }

  /** Whether nothing is in flight in a channel. */
  isIdle(channel: number): boolean {
    return this.#used[2 * channel] === 0 && this.#used[2 * channel + 1] === 0;
  }

  /** Numbers of the channels that close. What is in flight follows from the attempts. */
  save(): number[] {
    return Array.from(this.#closing.keys()).filter((channel) => this.#closing[channel] === 1);
  }

  /** @param pool the attempts, whose HTLCs take the slots */
  load(closing: readonly number[], pool: HtlcPool): void {
    this.grow();
    this.#closing.fill(0);
    for (const channel of closing) this.#closing[channel] = 1;
    this.#used.fill(0);
    pool.forEachLocked((place) => this.#used[pool.direction[place]]++);
  }
}
