import { HOUR_MS } from "../../core/mod.ts";
import type { Network } from "../network.ts";
import {
  type CircularRequest,
  type Route,
  RouteFinder,
  type RouteRequest,
} from "../search/route_finder.ts";
import type { AttemptReport, Router } from "./router.ts";
import { type MemorySnapshot, SenderMemory } from "./sender_memory.ts";

/** What one sender remembers at most. */
const MOST_RECORDS = 200;
/** How long a failure counts; LND halves its weight every hour, which makes it nothing after six. */
const KEEP_MS = 6 * HOUR_MS;

/**
 * LND's cost with the chance of a hop from how real channels are filled
 * ({@linkcode RouteFinder}), and from what failed lately.
 */
export class PriorRouter implements Router {
  readonly kind = "prior";
  readonly #finder: RouteFinder;
  readonly #memory = new SenderMemory(MOST_RECORDS);
  #sender = -1;

  constructor(network: Network) {
    this.#finder = new RouteFinder(network);
  }

  begin(sender: number, nowMs: number): void {
    const { bounds } = this.#finder;
    this.#sender = sender;
    bounds.reset();
    this.#memory.forgetUntil(sender, nowMs - KEEP_MS);
    const records = this.#memory.of(sender);
    if (records === undefined) return;
    for (let place = 0; place < records.size; place++) {
      bounds.learnFailure(records.keys[place], records.failMsat[place]);
    }
  }

  learnExact(direction: number, availableMsat: number): void {
    this.#finder.bounds.learnExact(direction, availableMsat);
  }

  findRoute(request: RouteRequest): Route | undefined {
    return this.#finder.findRoute(request);
  }

  findCircularRoute(request: CircularRequest): Route | undefined {
    return this.#finder.findCircularRoute(request);
  }

  /** Of a failure that is remembered the least amount counts, from the time it was seen. */
  learn(sender: number, report: AttemptReport, nowMs: number): void {
    if (report.settled) return;
    const { route, failedHop, down } = report;
    const direction = route.directions[failedHop];
    const amountMsat = down ? 1 : route.amountsMsat[failedHop];
    if (sender === this.#sender) this.#finder.bounds.learnFailure(direction, amountMsat);
    const place = this.#memory.place(sender, direction);
    const { failMsat, failMs } = this.#memory.of(sender)!;
    if (failMs[place] > nowMs - KEEP_MS && failMsat[place] < amountMsat) return;
    failMsat[place] = amountMsat;
    failMs[place] = nowMs;
  }

  snapshot(): MemorySnapshot {
    return this.#memory.snapshot();
  }

  restore(snapshot: MemorySnapshot): void {
    this.#memory.restore(snapshot);
  }
}
