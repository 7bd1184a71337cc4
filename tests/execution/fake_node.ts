import { type ManualClock, UnreachableError } from "../../lib/core/mod.ts";
import type {
  OwnChannel,
  PaymentNode,
  PaymentState,
  SelfPayment,
} from "../../lib/execution/mod.ts";

interface FakePayment {
  hash: string;
  suggestionId: string;
  amountMsat: number;
  feeLimitMsat: number;
  expiresMs: number;
  state: "invoice" | "in_flight" | "settled" | "failed";
  feeMsat: number;
  settledMs?: number;
}

interface Call {
  connection: FakeConnection;
  answer: () => void;
  lose: () => void;
}

const NODE = "node";

/** Two channels of enough balance. */
export function ownChannel(channelId: string, peer: string): OwnChannel {
  return {
    node: NODE,
    channelId,
    peer,
    capacitySat: 10_000_000,
    localBalanceSat: 5_000_000,
    remoteBalanceSat: 5_000_000,
    active: true,
    pendingHtlcs: 0,
  };
}

/**
 * A node whose calls wait until a test lets each arrive, be answered or be lost, in any order, and
 * whose payments end when the test says so.
 */
export class FakeNode {
  readonly payments = new Map<string, FakePayment>();
  readonly channels = [ownChannel("source", "alice"), ownChannel("target", "bob")];
  /** Calls that wait for their answer. */
  calls: Call[] = [];
  #count = 0;

  constructor(readonly clock: ManualClock) {}

  connect(): FakeConnection {
    return new FakeConnection(this);
  }

  /** Adds a call; its effect happens when it is answered or, unless lost before it came, when lost. */
  wait<T>(connection: FakeConnection, effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        connection,
        answer: () => {
          const answer = effect();
          if (!connection.dead) resolve(answer);
        },
        lose: () => {
          if (!connection.dead) reject(new UnreachableError("the connection was lost"));
        },
      });
    });
  }

  invoice(amountMsat: number, expiryMs: number, memo: string): FakePayment {
    const hash = `hash-${++this.#count}`;
    const payment: FakePayment = {
      hash,
      suggestionId: memo.replace("rebalance ", ""),
      amountMsat,
      feeLimitMsat: 0,
      expiresMs: this.clock.nowMs() + expiryMs,
      state: "invoice",
      feeMsat: 0,
    };
    this.payments.set(hash, payment);
    return payment;
  }

  /** A payment reaches the node: it is tried unless the invoice has expired. */
  accept({ paymentHash, feeLimitMsat }: SelfPayment): void {
    const payment = this.payments.get(paymentHash)!;
    if (payment.state !== "invoice") return;
    payment.feeLimitMsat = feeLimitMsat;
    payment.state = this.clock.nowMs() > payment.expiresMs ? "failed" : "in_flight";
  }

  /** Ends a payment in flight. */
  end(payment: FakePayment, settles: boolean, feeShare: number): void {
    payment.state = settles ? "settled" : "failed";
    if (!settles) return;
    payment.feeMsat = Math.floor(payment.feeLimitMsat * feeShare);
    payment.settledMs = this.clock.nowMs();
  }

  stateOf(hash: string): PaymentState {
    const payment = this.payments.get(hash);
    switch (payment?.state) {
      case "settled":
        return { state: "settled", amountMsat: payment.amountMsat, feeMsat: payment.feeMsat };
      case "failed":
        return { state: "failed", reason: "no route", failures: [] };
      case "in_flight":
        return { state: "in_flight" };
      default:
        return { state: "unknown" };
    }
  }

  inFlight(): FakePayment[] {
    return [...this.payments.values()].filter(({ state }) => state === "in_flight");
  }

  settled(): FakePayment[] {
    return [...this.payments.values()].filter(({ state }) => state === "settled");
  }
}

/** One program's connection; a dead one is never answered again. */
export class FakeConnection implements PaymentNode {
  dead = false;

  constructor(readonly node: FakeNode) {}

  channels(): Promise<OwnChannel[]> {
    return this.node.wait(this, () => this.node.channels.map((channel) => ({ ...channel })));
  }

  createInvoice({ amountMsat, expiryMs, memo }: {
    amountMsat: number;
    expiryMs: number;
    memo: string;
  }) {
    return this.node.wait(this, () => {
      const { hash } = this.node.invoice(amountMsat, expiryMs, memo);
      return { paymentRequest: `pay ${hash}`, paymentHash: hash };
    });
  }

  async pay(payment: SelfPayment): Promise<PaymentState> {
    await this.node.wait(this, () => this.node.accept(payment));
    return await this.node.wait(this, () => this.node.stateOf(payment.paymentHash));
  }

  track(paymentHash: string): Promise<PaymentState> {
    return this.node.wait(this, () => this.node.stateOf(paymentHash));
  }

  forget(): Promise<void> {
    return this.node.wait(this, () => {});
  }
}
