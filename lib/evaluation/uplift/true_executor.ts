import { type Route, RouteFinder } from "../../network/mod.ts";
import type { Suggestion, SuggestionResult } from "../../protocol/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";
import { learnTruth } from "./true_routes.ts";

/** Routes tried a suggestion: balances move while an HTLC is on its way. */
const MOST_ATTEMPTS = 8;
/**
 * Where nothing carries the whole, parts of it go, down to this share, as with the usual executor.
 */
const LEAST_PART_SHARE = 1 / 8;

/**
 * Carries out rebalances knowing every balance of the network at every moment: the cheapest route
 * that holds the amount. For measuring what knowing routes would be worth.
 */
export class TrueExecutor {
  readonly #finder: RouteFinder;

  constructor(readonly simulation: Simulation) {
    this.#finder = new RouteFinder(simulation.network);
  }

  /** Begins; `onResult` is told in virtual time, once. */
  apply(suggestion: Suggestion, onResult: (result: SuggestionResult) => void): void {
    const moved = { amountMsat: 0, feeMsat: 0, attempts: 0 };
    const end = () => onResult(this.#result(suggestion, moved));
    const tryNext = () => {
      const route = moved.attempts < MOST_ATTEMPTS ? this.#route(suggestion, moved) : undefined;
      if (route === undefined) return end();
      moved.attempts++;
      this.simulation.sendAlong(route, ({ settled }) => {
        if (settled) {
          moved.amountMsat += route.amountsMsat[route.amountsMsat.length - 1];
          moved.feeMsat += route.feeMsat;
        }
        tryNext();
      });
    };
    tryNext();
  }

  /** The cheapest route that holds what is missing, or the largest part of it that one holds. */
  #route(suggestion: Suggestion, moved: { amountMsat: number }): Route | undefined {
    const { network, balances } = this.simulation;
    const node = network.nodeOf(suggestion.node)!;
    const sourceChannel = network.channelOf(suggestion.sourceChannel)!;
    const targetChannel = network.channelOf(suggestion.targetChannel)!;
    learnTruth(this.#finder, (direction) => balances.availableMsat(direction));
    const leastMsat = suggestion.amountMsat * LEAST_PART_SHARE;
    let partMsat = suggestion.amountMsat - moved.amountMsat;
    for (; partMsat >= leastMsat; partMsat = Math.floor(partMsat / 2)) {
      const feeLimitMsat = Math.floor(
        suggestion.feeLimitMsat * (partMsat / suggestion.amountMsat),
      );
      const request = { node, sourceChannel, targetChannel, amountMsat: partMsat, feeLimitMsat };
      const route = this.#finder.findCircularRoute(request);
      if (route !== undefined) return route;
    }
    return undefined;
  }

  #result(
    { id, node, sourceChannel, targetChannel }: Suggestion,
    moved: { amountMsat: number; feeMsat: number; attempts: number },
  ): SuggestionResult {
    const ends = [sourceChannel, targetChannel];
    return {
      id,
      node,
      sourceChannel,
      targetChannel,
      status: moved.amountMsat > 0 ? "applied" : "failed",
      ...moved,
      channels: this.simulation.channelStates(node).filter(({ channelId }) =>
        ends.includes(channelId)
      ),
    };
  }
}
