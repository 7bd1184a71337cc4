import { HOUR_MS, MSAT_PER_SAT } from "../../core/mod.ts";
import type { Policy } from "../../protocol/mod.ts";
import type { Accounts } from "./accounts.ts";
import type { Machine } from "../htlc/machine.ts";
import type { Payer } from "../traffic/payer.ts";
import type { Teller } from "./teller.ts";

/** A channel that a node opens. */
export interface OpenRequest {
  /** Who opens it and brings in the capacity. */
  node: string;
  peer: string;
  /** Whole number above 0. */
  capacitySat: number;
  /** What the peer owns of it from the start; 0 when left out. */
  pushSat?: number;
  /** Made up when left out. */
  channelId?: string;
  /** Terms of both ends where they differ from {@linkcode OPEN_POLICY}. */
  policy?: Partial<Policy>;
  peerPolicy?: Partial<Policy>;
  /** What the chain takes; the node pays it beside the capacity. */
  feeSat?: number;
  /** From the decision until payments can pass. */
  confirmMs?: number;
}

/** A channel that a node closes, in agreement with its peer. */
export interface CloseRequest {
  node: string;
  channelId: string;
  /** What the chain takes; the node pays it out of what it gets. */
  feeSat?: number;
}

/** Terms of an opened channel, as LND has them by default; up to the capacity. */
export const OPEN_POLICY: Policy = {
  baseFeeMsat: 1000,
  feeRatePpm: 1,
  cltvDelta: 80,
  minHtlcMsat: 1000,
  maxHtlcMsat: Number.MAX_SAFE_INTEGER,
  disabled: false,
};

/** What a transaction of 150 to 200 vbytes takes at 10 sat a vbyte. */
const CHAIN_FEE_SAT = 2000;
/** Six blocks: then others hear of the channel. */
const CONFIRM_MS = HOUR_MS;

/** Who pays the chain for a channel that is being closed, and how much. */
interface Closing {
  node: number;
  feeMsat: number;
}

/** What is under way, as plain data. */
export interface ChannelChangesState {
  opened: number;
  opening: string[];
  closing: [channel: number, Closing][];
}

/** What {@linkcode ChannelChanges} work on. */
export interface ChangeTools {
  machine: Machine;
  payer: Payer;
  accounts: Accounts;
  teller: Teller;
}

/** Opens and closes channels, and books what that moves between chain and channels. */
export class ChannelChanges {
  /** Who pays for channels that are being closed, by number. */
  readonly #closing = new Map<number, Closing>();
  /** Names of channels that wait for the chain. */
  readonly #opening = new Set<string>();
  #opened = 0;

  constructor(readonly tools: ChangeTools) {
    tools.machine.onIdle = (channel) => this.#payOut(channel);
  }

  /**
   * Decides on a channel: its fee is paid, its name given.
   *
   * @returns the request with everything filled in, and when it is confirmed
   * @throws {RangeError} for ends that are no two nodes of the network, a name that is taken or
   *   amounts that can't be
   */
  decide(request: OpenRequest): Required<OpenRequest> & { confirmedMs: number } {
    const { network, nowMs } = this.tools.machine;
    const node = network.nodeOf(request.node), peer = network.nodeOf(request.peer);
    if (node === undefined || peer === undefined || node === peer) {
      throw new RangeError(`${request.node} to ${request.peer}: expected two nodes of the network`);
    }
    const { capacitySat, pushSat = 0, feeSat = CHAIN_FEE_SAT, confirmMs = CONFIRM_MS } = request;
    if (!(Number.isSafeInteger(capacitySat) && capacitySat > 0)) {
      throw new RangeError(`capacity ${capacitySat} sat: expected a whole number above 0`);
    }
    if (!(Number.isSafeInteger(pushSat) && pushSat >= 0 && pushSat <= capacitySat)) {
      throw new RangeError(`push ${pushSat} sat: expected a whole number from 0 to the capacity`);
    }
    const channelId = request.channelId ?? this.#freeName();
    if (this.#isTaken(channelId)) {
      throw new RangeError(`channel ${channelId}: expected a name that is not taken`);
    }
    this.#opening.add(channelId);
    this.tools.accounts.add(node, "onChainCostMsat", feeSat * MSAT_PER_SAT);
    return {
      policy: {},
      peerPolicy: {},
      ...request,
      pushSat,
      feeSat,
      confirmMs,
      channelId,
      confirmedMs: nowMs + confirmMs,
    };
  }

  #isTaken(name: string): boolean {
    return this.#opening.has(name) || this.tools.machine.network.channelOf(name) !== undefined;
  }

  #freeName(): string {
    let name = `opened${++this.#opened}`;
    while (this.#isTaken(name)) name = `opened${++this.#opened}`;
    return name;
  }

  /** The channel of a decision is confirmed: payments can pass. */
  open(request: Required<OpenRequest>): void {
    const { network, balances, engine } = this.tools.machine;
    const node = network.nodeOf(request.node)!, peer = network.nodeOf(request.peer)!;
    const { channelId, capacitySat, pushSat, policy, peerPolicy } = request;
    this.#opening.delete(channelId);
    const channel = network.addChannel({
      channelId,
      nodes: [node, peer],
      capacitySat,
      policies: [{ ...OPEN_POLICY, ...policy }, { ...OPEN_POLICY, ...peerPolicy }],
    });
    const nearMsat = (capacitySat - pushSat) * MSAT_PER_SAT;
    balances.open([nearMsat, pushSat * MSAT_PER_SAT]);
    engine.gate.grow();
    this.tools.teller.grow();
    this.tools.payer.renewRouter();
    this.tools.accounts.add(node, "capitalInMsat", capacitySat * MSAT_PER_SAT);
    this.tools.teller.touch(2 * channel);
    this.tools.teller.tellMoved();
  }

  /**
   * A channel takes no new HTLC from now on, and is paid out when those in flight have ended.
   *
   * @throws {RangeError} when it is no open channel of the node
   */
  close({ node: id, channelId, feeSat = CHAIN_FEE_SAT }: CloseRequest): void {
    const { network, engine } = this.tools.machine;
    const node = network.nodeOf(id), channel = network.channelOf(channelId);
    const open = node !== undefined && channel !== undefined &&
      network.directionFrom(node, channel) !== undefined && !engine.gate.isClosing(channel);
    if (!open) throw new RangeError(`${channelId} is no open channel of ${id}`);
    this.#closing.set(channel, { node, feeMsat: feeSat * MSAT_PER_SAT });
    engine.gate.close(channel);
    for (const direction of [2 * channel, 2 * channel + 1]) network.setDisabled(direction, true);
    this.tools.teller.touch(2 * channel);
    this.tools.teller.tellMoved();
    if (engine.gate.isIdle(channel)) this.#payOut(channel);
  }

  #payOut(channel: number): void {
    const closing = this.#closing.get(channel);
    if (closing === undefined) return;
    this.#closing.delete(channel);
    const { network, balances } = this.tools.machine;
    const paidMsat = balances.close(channel);
    for (const side of [0, 1] as const) {
      const node = network.source[2 * channel + side];
      this.tools.accounts.add(node, "capitalOutMsat", paidMsat[side]);
      if (node !== closing.node) continue;
      this.tools.accounts.add(node, "onChainCostMsat", Math.min(closing.feeMsat, paidMsat[side]));
    }
    network.closeChannel(channel);
  }

  save(): ChannelChangesState {
    return { opened: this.#opened, opening: [...this.#opening], closing: [...this.#closing] };
  }

  load({ opened, opening, closing }: ChannelChangesState): void {
    this.#opened = opened;
    this.#opening.clear();
    for (const name of opening) this.#opening.add(name);
    this.#closing.clear();
    for (const [channel, entry] of closing) this.#closing.set(channel, entry);
  }
}
