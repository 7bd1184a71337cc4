import { type Rng, seededRng } from "../../lib/core/mod.ts";
import {
  type Balances,
  createRouter,
  initialBalances,
  type Network,
  type Route,
  type Router,
  type RouterKind,
} from "../../lib/network/mod.ts";

/** A payment of the benchmarks. */
export interface BenchPayment {
  sender: number;
  receiver: number;
  amountMsat: number;
  timeMs: number;
}

/** What payments came to. */
export interface BenchOutcome {
  attempts: number;
  /** Fee by payment; undefined where it failed. */
  feesMsat: (number | undefined)[];
}

/** A try takes so long for each hop, there and back. */
const HOP_MS = 200;
/** A payment is given up after this time. */
const TIMEOUT_MS = 60_000;

/** Payments of one amount between random nodes, one a second, as CLoTH draws them. */
export function drawPayments(
  network: Network,
  { amountSat, count, rng }: { amountSat: number; count: number; rng: Rng },
): BenchPayment[] {
  return Array.from({ length: count }, (_, index) => {
    const sender = rng.int(network.nodeCount);
    const receiver = (sender + 1 + rng.int(network.nodeCount - 1)) % network.nodeCount;
    const amountMsat = Math.floor((amountSat + rng.normal()) * 1000);
    return { sender, receiver, amountMsat, timeMs: 1000 * (index + 1) };
  });
}

/**
 * Sends payments in CLoTH's order: the first route of each is planned before any is sent, on the
 * balances to start from; then one after the other is sent, tried again by what its sender has
 * learned, and given up after a minute.
 */
export function sendAll(
  kind: RouterKind,
  network: Network,
  { balances, payments }: { balances: Balances; payments: readonly BenchPayment[] },
): BenchOutcome {
  const router = createRouter(kind, network);
  const plan = (payment: BenchPayment, nowMs: number) => {
    router.begin(payment.sender, nowMs);
    for (const out of network.directionsFrom(payment.sender)) {
      router.learnExact(out, balances.availableMsat(out));
    }
    return router.findRoute(payment);
  };
  const first = payments.map((payment) => plan(payment, 0));
  const outcome: BenchOutcome = { attempts: 0, feesMsat: [] };
  payments.forEach((payment, index) => {
    let route = first[index], nowMs = payment.timeMs, feeMsat: number | undefined;
    while (route !== undefined && nowMs <= payment.timeMs + TIMEOUT_MS) {
      outcome.attempts++;
      const held = lockAll(balances, route);
      nowMs += HOP_MS * held;
      if (report(router, payment.sender, { route, held, nowMs })) {
        feeMsat = route.feeMsat;
        break;
      }
      route = plan(payment, nowMs);
    }
    outcome.feesMsat.push(feeMsat);
  });
  return outcome;
}

/** Payments of one amount, the same for it every time. */
export function paymentsByClothsRule(
  network: Network,
  { amountSat, count }: { amountSat: number; count: number },
): BenchPayment[] {
  return drawPayments(network, { amountSat, count, rng: seededRng(amountSat) });
}

/** Sends payments by CLoTH's rule, on the balances that its graph has. */
export function payByClothsRule(
  network: Network,
  payments: readonly BenchPayment[],
): BenchOutcome {
  const balances = initialBalances(network, seededRng(1), { reserveRatio: 0 });
  return sendAll("cloth", network, { balances, payments });
}

/** Locks hop by hop; settles if all hold, else gives all back. Returns the number of hops that held. */
function lockAll(balances: Balances, { directions, amountsMsat }: Route): number {
  let held = 0;
  while (held < directions.length && balances.lock(directions[held], amountsMsat[held])) held++;
  const all = held === directions.length;
  for (let hop = held - 1; hop >= 0; hop--) {
    if (all) balances.settle(directions[hop], amountsMsat[hop]);
    else balances.fail(directions[hop], amountsMsat[hop]);
  }
  return held;
}

function report(
  router: Router,
  sender: number,
  { route, held, nowMs }: { route: Route; held: number; nowMs: number },
): boolean {
  const settled = held === route.directions.length;
  router.learn(
    sender,
    settled ? { route, settled } : { route, settled, failedHop: held },
    nowMs,
  );
  return settled;
}

/** Shares and means of an outcome. */
export function summaryOf({ attempts, feesMsat }: BenchOutcome) {
  const settled = feesMsat.filter((fee) => fee !== undefined);
  return {
    success: settled.length / feesMsat.length,
    attempts: attempts / feesMsat.length,
    meanFeeMsat: settled.reduce((sum, fee) => sum + fee, 0) / Math.max(1, settled.length),
  };
}
