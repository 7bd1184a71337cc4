import type { Network } from "../network.ts";
import {
  type CircularRequest,
  ModelFinder,
  type Route,
  type RouteRequest,
} from "../search/route_finder.ts";
import type { AttemptReport, Router, RouterKind } from "./router.ts";
import type { SenderModel } from "./sender_model.ts";
import type { MemorySnapshot } from "./sender_memory.ts";

/** A router of the kind that its model makes it. */
export class ModelRouter implements Router {
  readonly #model: SenderModel;
  readonly #finder: ModelFinder<SenderModel>;

  constructor(readonly kind: RouterKind, network: Network, model: SenderModel) {
    this.#model = model;
    const { limits } = model;
    this.#finder = new ModelFinder(network, model, { payment: limits, circular: limits });
  }

  begin(sender: number, nowMs: number): void {
    this.#model.begin(sender, nowMs);
  }

  learnExact(direction: number, availableMsat: number): void {
    this.#model.knowledge.learnExact(direction, availableMsat);
  }

  findRoute(request: RouteRequest): Route | undefined {
    return this.#finder.findRoute(request);
  }

  findCircularRoute(request: CircularRequest): Route | undefined {
    return this.#finder.findCircularRoute(request);
  }

  learn(sender: number, report: AttemptReport, nowMs: number): void {
    this.#model.learn(sender, report, nowMs);
  }

  snapshot(): MemorySnapshot {
    return this.#model.knowledge.snapshot();
  }

  restore(snapshot: MemorySnapshot): void {
    this.#model.knowledge.restore(snapshot);
  }
}
