import { grown } from "../../core/mod.ts";
import type { Balances, Network } from "../../network/mod.ts";
import type { ChannelState, LensEvent, SuggestionResult } from "../../protocol/mod.ts";
import type { HopOutcome } from "../htlc/machine.ts";
import type { PaymentResult } from "../traffic/payer.ts";
import type { Intent } from "../traffic/traffic.ts";

/** What a {@linkcode Teller} knows of. */
export interface TellerOptions {
  network: Network;
  balances: Balances;
  /** Numbers of the operators. */
  operators: readonly number[];
  /** Begins the ids of events. */
  name: string;
  nowMs: () => number;
}

/**
 * Tells what operators see: their forwards, their payments, and how their channels stand whenever
 * that is not what was told last. Several changes of one channel can be told together.
 */
export class Teller {
  readonly #options: TellerOptions;
  readonly #isOperator: Uint8Array;
  /** Directions whose state is to be told, whatever was told before. */
  readonly #moved = new Set<number>();
  /** The balance that was told last, by direction. */
  #toldMsat: Float64Array;
  #eventCount = 0;
  /** Nobody is told anything while this is set. */
  muted = false;
  onEvent: (event: LensEvent) => void = () => {};

  constructor(options: TellerOptions) {
    const { network, balances, operators } = options;
    this.#options = options;
    this.#isOperator = new Uint8Array(network.nodeCount);
    for (const node of operators) this.#isOperator[node] = 1;
    this.#toldMsat = balances.balanceMsat.slice();
  }

  isOperator(node: number): boolean {
    return this.#isOperator[node] === 1;
  }

  /** What was told, as plain data. */
  save(): { eventCount: number; toldMsat: number[] } {
    return { eventCount: this.#eventCount, toldMsat: [...this.#toldMsat] };
  }

  load({ eventCount, toldMsat }: ReturnType<Teller["save"]>): void {
    this.#eventCount = eventCount;
    this.#toldMsat = Float64Array.from(toldMsat);
  }

  /** Makes room for channels that were added to the network. */
  grow(): void {
    const room = this.#options.balances.balanceMsat.length;
    this.#toldMsat = grown(this.#toldMsat, new Float64Array(room));
  }

  emit(event: LensEvent): void {
    if (this.muted) return;
    event.eventId = `${this.#options.name}-${++this.#eventCount}`;
    this.onEvent(event);
  }

  forward(hop: HopOutcome): void {
    if (this.muted || !this.isOperator(hop.node)) return;
    const { channelIds, nodeIds } = this.#options.network;
    this.emit({
      kind: "forward",
      timeMs: this.#options.nowMs(),
      forward: {
        node: nodeIds[hop.node],
        inChannel: channelIds[hop.inDirection >> 1],
        outChannel: channelIds[hop.outDirection >> 1],
        inAmountMsat: hop.inAmountMsat,
        outAmountMsat: hop.outAmountMsat,
        outcome: hop.outcome,
        failureReason: hop.failureReason,
      },
    });
  }

  transaction({ sender, receiver, amountMsat }: Intent, result: PaymentResult): void {
    const { nodeIds } = this.#options.network;
    this.emit({
      kind: "transaction",
      timeMs: this.#options.nowMs(),
      transaction: {
        sender: nodeIds[sender],
        receiver: nodeIds[receiver],
        amountMsat,
        success: result.success,
        feeMsat: result.feeMsat,
        attempts: result.attempts,
        durationMs: result.durationMs,
        failureReason: result.success ? undefined : result.failureReason,
        transactionType: "payment",
      },
    });
  }

  rebalance(rebalance: SuggestionResult): void {
    this.emit({ kind: "rebalance", timeMs: this.#options.nowMs(), rebalance });
  }

  /** Directions of a node's channels but for those that were closed. */
  openDirections(node: number): number[] {
    const { network } = this.#options;
    return [...network.directionsFrom(node)].filter((d) => network.capacitySat[d >> 1] > 0);
  }

  /** The state of a channel is to be told, to those of its ends that are operators. */
  touch(direction: number): void {
    const { source } = this.#options.network;
    if (this.isOperator(source[direction])) this.#moved.add(direction);
    if (this.isOperator(source[direction ^ 1])) this.#moved.add(direction ^ 1);
  }

  /** The same, but for states that were told already. */
  touchIfMoved(direction: number): void {
    const { balanceMsat } = this.#options.balances;
    const back = direction ^ 1;
    if (
      balanceMsat[direction] !== this.#toldMsat[direction] ||
      balanceMsat[back] !== this.#toldMsat[back]
    ) this.touch(direction);
  }

  /** Tells the states of what was touched. */
  tellMoved(): void {
    if (!this.muted) { for (const direction of this.#moved) this.tellState(direction); }
    this.#moved.clear();
  }

  /** Tells how a channel stands, as the source of `direction` sees it. */
  tellState(direction: number): void {
    const { balances, nowMs } = this.#options;
    this.#toldMsat[direction] = balances.balanceMsat[direction];
    this.#toldMsat[direction ^ 1] = balances.balanceMsat[direction ^ 1];
    this.emit({ kind: "channel_state", timeMs: nowMs(), channel: this.state(direction) });
  }

  /** A channel as the source of `direction` sees it now. */
  state(direction: number): ChannelState {
    const { network, balances } = this.#options;
    const channel = direction >> 1;
    return {
      node: network.nodeIds[network.source[direction]],
      channelId: network.channelIds[channel],
      peer: network.nodeIds[network.source[direction ^ 1]],
      capacitySat: network.capacitySat[channel],
      localBalanceSat: Math.floor(balances.balanceMsat[direction] / 1000),
      remoteBalanceSat: Math.floor(balances.balanceMsat[direction ^ 1] / 1000),
      active: network.disabled[direction] === 0 || network.disabled[direction ^ 1] === 0,
      localPolicy: network.policy(direction),
      remotePolicy: network.policy(direction ^ 1),
    };
  }
}
