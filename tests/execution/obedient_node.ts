import { DatabaseSync } from "node:sqlite";
import { ManualClock } from "../../lib/core/mod.ts";
import { Executor, type RouteKnowledge, SpendingLedger } from "../../lib/execution/mod.ts";
import type {
  AttemptFailure,
  NodeChannel,
  PaymentOutcome,
  RebalanceOrder,
  RouteOrder,
} from "../../lib/nodes/mod.ts";
import type { RebalanceProgress, SuggestionResult } from "../../lib/protocol/mod.ts";
import { INFO, ownChannel } from "./fake_node.ts";

export const START = Date.UTC(2024, 0, 1);
const LIMITS = { budgetSatPerDay: 1000, maxFeeSat: 100, maxFeePpm: 1000 };

/** A node that answers at once, as a test tells it to, and moves what settles. */
export class ObedientNode {
  list: NodeChannel[] = [ownChannel("source", "alice"), ownChannel("target", "bob")];
  invoices = 0;
  paid: RebalanceOrder[] = [];
  forgotten: string[] = [];
  answer: (order: RebalanceOrder) => PaymentOutcome = (order) => settled(order, 5000);
  sent: RouteOrder[] = [];
  answerRoute: (order: RouteOrder) => PaymentOutcome = arrived;
  tracked: (hash: string) => PaymentOutcome = () => ({ status: "unknown" });

  channels() {
    return Promise.resolve(this.list.map((channel) => ({ ...channel })));
  }
  info() {
    return Promise.resolve(INFO);
  }
  createInvoice({ amountMsat }: { amountMsat: number }) {
    const paymentHash = `hash-${++this.invoices}`;
    return Promise.resolve({ paymentRequest: "", paymentAddress: "", paymentHash, amountMsat });
  }
  rebalance(order: RebalanceOrder) {
    this.paid.push(order);
    return Promise.try(() => this.#booked(this.answer(order)));
  }
  sendAlong(order: RouteOrder) {
    this.sent.push(order);
    return Promise.try(() => this.#booked(this.answerRoute(order)));
  }
  #booked(outcome: PaymentOutcome): PaymentOutcome {
    if (outcome.status === "succeeded") {
      const [source, target] = this.list;
      source.localBalanceSat -= outcome.amountMsat / 1000;
      target.localBalanceSat += outcome.amountMsat / 1000;
      target.remoteBalanceSat -= outcome.amountMsat / 1000;
    }
    return outcome;
  }
  track(hash: string) {
    return Promise.resolve(this.tracked(hash));
  }
  deleteFailedPayment(hash: string) {
    this.forgotten.push(hash);
    return Promise.resolve();
  }
}

export function settled({ invoice }: RebalanceOrder, feeMsat: number): PaymentOutcome {
  return { status: "succeeded", amountMsat: invoice.amountMsat, feeMsat, attempts: [] };
}

export function failed(reason = "no route"): PaymentOutcome {
  return { status: "failed", reason, attempts: [] };
}

/** The route was good: what was promised arrived, for what it costs. */
export function arrived({ hops }: RouteOrder): PaymentOutcome {
  const amountMsat = hops.at(-1)!.amountMsat, feeMsat = hops[0].amountMsat - amountMsat;
  const attempt = { status: "succeeded" as const, hops: [...hops], amountMsat, feeMsat };
  return { status: "succeeded", amountMsat, feeMsat, attempts: [{ ...attempt, resolvedMs: 0 }] };
}

/** A node on the way gave it back. */
export function turnedBack({ hops }: RouteOrder, failure: AttemptFailure): PaymentOutcome {
  const amountMsat = hops.at(-1)!.amountMsat, feeMsat = hops[0].amountMsat - amountMsat;
  const attempt = { status: "failed" as const, hops: [...hops], amountMsat, feeMsat, failure };
  return { status: "failed", reason: failure.code, attempts: [{ ...attempt, resolvedMs: 0 }] };
}

/** An executor of a node that does what a test says, with everything that it works with. */
export function setUp(
  options: Partial<ConstructorParameters<typeof Executor>[1]> = {},
  routes?: RouteKnowledge,
) {
  // Waiting takes no time here; what is late is told by hand.
  const clock = new ManualClock(START);
  const instant = {
    nowMs: () => clock.nowMs(),
    sleep: (ms: number) => Promise.resolve(clock.advanceTo(clock.nowMs() + ms)),
  };
  const node = new ObedientNode();
  const ledger = new SpendingLedger(new DatabaseSync(":memory:"));
  const killSwitch = { engaged: false };
  const results: SuggestionResult[] = [];
  const steps: RebalanceProgress[] = [];
  const stopped = new Set<string>(), broken = { count: 0 };
  const executor = new Executor(
    {
      reader: node,
      payer: node,
      ledger,
      killSwitch,
      clock: instant,
      routes,
      onResult: (result) => results.push(result),
      onProgress: (step) => steps.push(step),
      onBrokenPromise: () => broken.count++,
      isStopped: (id) => stopped.has(id),
    },
    { ...LIMITS, ...options },
  );
  return { clock, node, ledger, killSwitch, executor, results, steps, stopped, broken };
}
