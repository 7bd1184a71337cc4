import { type ManualClock, UnreachableError } from "../../lib/core/mod.ts";
import type { ExecutorParts } from "../../lib/execution/mod.ts";
import { type Network, NetworkBuilder } from "../../lib/network/mod.ts";
import type {
  InvoiceRequest,
  NodeChannel,
  NodeInfo,
  PaymentOutcome,
  RebalanceOrder,
  RouteOrder,
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
  /** The attempt under way goes along a route that was given, which says what it costs. */
  byRoute?: boolean;
  settledMs?: number;
}

interface Call {
  connection: FakeConnection;
  answer: () => void;
  /** The caller hears no more of it. It may arrive later all the same. */
  lose: (arrives: boolean) => void;
}

/** Who it is, and the height of the chain. */
export const INFO: NodeInfo = {
  nodeId: "node",
  alias: "",
  version: "0.21.2-beta",
  network: "simnet",
  blockHeight: 404,
  syncedToChain: true,
  syncedToGraph: true,
};

/**
 * The graph around the node: from alice, behind `source`, directly and by three others to bob, behind
 * `target`; bob charges 100 ppm, alice 50, the others 10 to 30, each so many `times`.
 */
export function graphAround(times = 1): Network {
  const builder = new NetworkBuilder();
  for (const id of ["node", "alice", "bob", "carol", "dave", "erin"]) builder.addNode(id);
  const channel = (channelId: string, ends: [string, string], ppm: [number, number]) => {
    const [policy1, policy2] = ppm.map((feeRatePpm) => ({
      baseFeeMsat: 0,
      feeRatePpm: times * feeRatePpm,
      cltvDelta: 40,
      minHtlcMsat: 1000,
      maxHtlcMsat: 10_000_000_000,
      disabled: false,
    }));
    const [node1, node2] = ends;
    builder.addChannel({ channelId, node1, node2, capacitySat: 10_000_000, policy1, policy2 });
  };
  channel("source", ["node", "alice"], [0, 50]);
  channel("target", ["node", "bob"], [0, 100]);
  channel("direct", ["alice", "bob"], [50, 50]);
  ["carol", "dave", "erin"].forEach((node, i) => {
    channel(`to-${node}`, ["alice", node], [50, 50]);
    channel(`from-${node}`, [node, "bob"], [10 * (i + 1), 50]);
  });
  return builder.build();
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
  /** Attempts that came after a failed one of the same payment. */
  retried = 0;
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
          try {
            const answer = effect();
            if (!connection.dead) resolve(answer);
          } catch (error) {
            if (!connection.dead) reject(error);
          }
        },
        lose: (arrives) => {
          if (!connection.dead) reject(new UnreachableError("the connection was lost"));
          // Nobody hears the answer any more.
          const late = new FakeConnection(this);
          late.dead = true;
          if (arrives) this.wait(late, effect);
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

  /** An attempt along a route reaches the node. One that failed before may be tried again. */
  acceptRoute({ invoice, hops }: RouteOrder): void {
    const payment = this.payments.get(invoice.paymentHash)!;
    if (payment.state === "settled" || payment.state === "in_flight") {
      throw new UnreachableError("payment is in flight or settled");
    }
    if (payment.state === "failed") this.retried++;
    const amountMsat = hops.at(-1)!.amountMsat;
    payment.amountMsat = amountMsat;
    payment.feeLimitMsat = hops[0].amountMsat - amountMsat;
    payment.byRoute = true;
    payment.state = this.clock.nowMs() > payment.expiresMs ? "failed" : "in_flight";
  }

  /** Ends a payment in flight. A route costs what it costs. */
  end(payment: FakePayment, settles: boolean, feeShare: number): void {
    payment.state = settles ? "settled" : "failed";
    if (!settles) return;
    payment.feeMsat = Math.floor(payment.feeLimitMsat * (payment.byRoute ? 1 : feeShare));
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
      reader: {
        channels: () => wait(() => node.channels.map((channel) => ({ ...channel }))),
        info: () => wait(() => INFO),
      },
      payer: {
        createInvoice: (request) => wait(() => node.invoice(request)),
        rebalance: async (order) => {
          await wait(() => node.accept(order));
          return await wait(() => node.outcomeOf(order.invoice.paymentHash));
        },
        sendAlong: async (order) => {
          await wait(() => node.acceptRoute(order));
          // It answers when the attempt has ended, or too late.
          let outcome: PaymentOutcome = { status: "in_flight" };
          for (let look = 0; look < 4 && outcome.status === "in_flight"; look++) {
            outcome = await wait(() => node.outcomeOf(order.invoice.paymentHash));
          }
          return outcome;
        },
        track: (hash) => wait(() => node.outcomeOf(hash)),
        deleteFailedPayment: () => wait(() => {}),
      },
    };
  }
}
