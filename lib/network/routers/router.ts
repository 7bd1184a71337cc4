import type { CircularRequest, Route, RouteRequest } from "../search/route_finder.ts";
import type { MemorySnapshot } from "./sender_memory.ts";

/**
 * How payers find routes: by how real channels are filled; as LND does with either of its
 * estimators; as Core Lightning's `pay`; as LDK; by fees alone; and as the simulator CLoTH, to be
 * compared with it.
 */
export const ROUTER_KINDS = [
  "prior",
  "lnd-apriori",
  "lnd-bimodal",
  "cln",
  "ldk",
  "cheapest",
  "cloth",
] as const;
export type RouterKind = typeof ROUTER_KINDS[number];

/** A try along a route and what became of it. */
export type AttemptReport =
  & { route: Pick<Route, "directions" | "amountsMsat"> }
  & (
    | { settled: true }
    | {
      settled: false;
      /** Place in the route of the hop that failed, from 0. */
      failedHop: number;
      /** The hop failed whatever the amount: its channel is off or the node behind it offline. */
      down?: boolean;
    }
  );

/**
 * How a payer finds routes and what it learns from trying them. One router serves all payers of a
 * network, one at a time: `begin` says whose knowledge counts, `learnExact` adds what that payer
 * sees of its own channels, then come any number of searches, and `learn` after each attempt. What
 * is learned is kept by sender and fades with time, as the kind has it.
 *
 * @example
 * ```ts
 * import { seededRng } from "../../../lib/core/mod.ts";
 * import { createRouter, generateNetwork } from "../../../lib/network/mod.ts";
 * const network = generateNetwork({ nodes: 50, rng: seededRng(1) });
 * const router = createRouter("prior", network);
 * router.begin(49, 0);
 * const request = { sender: 49, receiver: 48, amountMsat: 1_000_000 };
 * const route = router.findRoute(request);
 * if (route === undefined) throw new Error("expected a route");
 * router.learn(49, { route, settled: false, failedHop: 0, down: true }, 1000);
 * if (router.findRoute(request)?.directions[0] === route.directions[0]) throw new Error("again");
 * ```
 */
export interface Router {
  readonly kind: RouterKind;
  /** From now on searches are `sender`'s, with what it knows at `nowMs`. Times must not go back. */
  begin(sender: number, nowMs: number): void;
  /**
   * The sender of the last `begin` sees that exactly this much can pass in a direction of one of
   * its own channels, to it or from it. Holds until the next `begin`.
   */
  learnExact(direction: number, availableMsat: number): void;
  /** The route that this kind prefers, or undefined where limits and knowledge leave none. */
  findRoute(request: RouteRequest): Route | undefined;
  /** The same for a circular route. */
  findCircularRoute(request: CircularRequest): Route | undefined;
  /** `sender`, whoever `begin` was called for last, sees what became of an attempt. */
  learn(sender: number, report: AttemptReport, nowMs: number): void;
  /** What all senders know, as plain data. */
  snapshot(): MemorySnapshot;
  /** Puts the knowledge of a snapshot in the place of what is known. `begin` must follow. */
  restore(snapshot: MemorySnapshot): void;
}
