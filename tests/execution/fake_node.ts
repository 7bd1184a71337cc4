import { type ManualClock, UnreachableError } from "../../lib/core/mod.ts";
import type { ExecutorParts } from "../../lib/execution/mod.ts";
import type {
  InvoiceRequest,
  NodeChannel,
  PaymentOutcome,
  RebalanceOrder,
  SelfInvoice,
} from "../../lib/nodes/mod.ts";

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

/** An open channel with half of its capacity on either side. */
export function ownChannel(channelId: string, peer: string): NodeChannel {
  return {
    channelId,
    channelPoint: `${channelId}:0`,
    peer,
    capacitySat: 10_000_000,
    localBalanceSat: 5_000_000,
    remoteBalanceSat: 5_000_000,
    localReserveSat: 100_000,
    remoteReserveSat: 100_000,
    pendingHtlcs: 0,
    nextExpiryHeight: undefined,
    active: true,
    private: false,
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

  invoice({ amountMsat, expiryMs, memo }: InvoiceRequest): SelfInvoice {
    const hash = `hash-${++this.#count}`;
    this.payments.set(hash, {
      hash,
      suggestionId: memo.replace("rebalance ", ""),
      amountMsat,
      feeLimitMsat: 0,
      expiresMs: this.clock.nowMs() + expiryMs,
      state: "invoice",
      feeMsat: 0,
    });
    return { paymentHash: hash, paymentRequest: `pay ${hash}`, paymentAddress: "", amountMsat };
  }

  /** A payment reaches the node: it is tried unless the invoice has expired. */
  accept({ invoice, feeLimitMsat }: RebalanceOrder): void {
    const payment = this.payments.get(invoice.paymentHash)!;
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

  outcomeOf(hash: string): PaymentOutcome {
    const payment = this.payments.get(hash);
    switch (payment?.state) {
      case "settled": {
        const { amountMsat, feeMsat } = payment;
        return { status: "succeeded", amountMsat, feeMsat, attempts: [] };
      }
      case "failed":
        return { status: "failed", reason: "no route", attempts: [] };
      case "in_flight":
        return { status: "in_flight" };
      default:
        return { status: "unknown" };
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
export class FakeConnection {
  dead = false;
  /** What an executor needs of it. */
  readonly parts: Pick<ExecutorParts, "reader" | "payer">;

  constructor(node: FakeNode) {
    const wait = <T>(effect: () => T) => node.wait(this, effect);
    this.parts = {
      reader: { channels: () => wait(() => node.channels.map((channel) => ({ ...channel }))) },
      payer: {
        createInvoice: (request) => wait(() => node.invoice(request)),
        rebalance: async (order) => {
          await wait(() => node.accept(order));
          return await wait(() => node.outcomeOf(order.invoice.paymentHash));
        },
        track: (hash) => wait(() => node.outcomeOf(hash)),
        deleteFailedPayment: () => wait(() => {}),
      },
    };
  }
}
