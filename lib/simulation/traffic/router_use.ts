import type { Route, Router } from "../../network/mod.ts";
import { lessonOf } from "../htlc/failures.ts";
import type { AlongOutcome, Machine } from "../htlc/machine.ts";

/** What a node's channels can send: the largest, and all together. */
export interface Funds {
  largestMsat: number;
  sumMsat: number;
}

/**
 * From now on a router's searches are those of `node`, with what it has learned and what it sees of
 * its own channels, on both sides.
 */
export function beginAs(
  node: number,
  router: Router,
  { network, balances, nowMs }: Machine,
): Funds {
  router.begin(node, nowMs);
  const funds = { largestMsat: 0, sumMsat: 0 };
  for (const out of network.directionsFrom(node)) {
    const availableMsat = balances.availableMsat(out);
    router.learnExact(out, availableMsat);
    router.learnExact(out ^ 1, balances.availableMsat(out ^ 1));
    funds.sumMsat += availableMsat;
    if (availableMsat > funds.largestMsat) funds.largestMsat = availableMsat;
  }
  return funds;
}

/**
 * `payer` learns what became of an attempt of its own. Terms that have changed and receivers that
 * gave back say nothing of liquidity.
 */
export function learnOutcome(
  router: Router,
  { payer, route, nowMs }: { payer: number; route: Route; nowMs: number },
  outcome: AlongOutcome,
): void {
  if (outcome.settled) return router.learn(payer, { route, settled: true }, nowMs);
  const { failedHop, reason } = outcome;
  const lesson = lessonOf(reason);
  if (lesson === undefined || failedHop === route.directions.length) return;
  const down = lesson === "unavailable";
  router.learn(payer, { route, settled: false, failedHop, down }, nowMs);
}
