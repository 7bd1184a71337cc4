import { type Balances, createRouter, type RouterKind } from "../../lib/network/mod.ts";
import { ZERO_LATENCY } from "../../lib/simulation/htlc/latency.ts";
import { type HopListener, Machine } from "../../lib/simulation/htlc/machine.ts";
import {
  Payer,
  type PayerOptions,
  type PaymentResult,
} from "../../lib/simulation/traffic/payer.ts";
import type { Intent } from "../../lib/simulation/traffic/traffic.ts";

/**
 * Payments one after the other, each of which has ended before the next begins: no time passes but
 * that between intents. For measuring routers, and where only success and cost count.
 */
export class InstantPayer {
  readonly machine: Machine;
  readonly payer: Payer;
  #result: PaymentResult | undefined;

  constructor(
    balances: Balances,
    { onHop = () => {}, router = "prior", payments }: {
      onHop?: HopListener;
      router?: RouterKind;
      payments?: Partial<PayerOptions>;
    } = {},
  ) {
    this.machine = new Machine(balances.network, balances, { latency: ZERO_LATENCY });
    this.machine.onHop = onHop;
    this.payer = new Payer({
      machine: this.machine,
      makeRouter: () => createRouter(router, balances.network),
      onResult: (_, result) => this.#result = result,
    }, payments);
  }

  /** Carries out a payment at its time, or fails. Times must not go back. */
  pay(intent: Intent): PaymentResult {
    this.machine.runUntil(intent.timeMs);
    this.payer.pay(intent);
    if (this.#result === undefined) throw new Error("a payment without latency did not end");
    const result = this.#result;
    this.#result = undefined;
    return result;
  }
}
