import { DAY_MS } from "../../core/mod.ts";
import { type CircularCost, type Network, RouteFinder } from "../../network/mod.ts";

/** Amounts are looked up on a grid, each twice the one before, so that searches can be shared. */
const GRID_SAT = 10_000;
/** Announced terms are looked at anew after this time. */
const RENEW_MS = DAY_MS;
/** A route that costs more than 1 % is none. */
const FEE_LIMIT_SHARE = 0.01;

/** The `GRID_SAT * 2^k` at or below an amount; 0 below the least. */
export function gridAmountSat(amountSat: number): number {
  return amountSat < GRID_SAT ? 0 : GRID_SAT * 2 ** Math.floor(Math.log2(amountSat / GRID_SAT));
}

/** How a {@linkcode RouteGuess} comes by what it says. */
export interface RouteGuessOptions {
  /** Teaches the finder what is known of balances; the public graph knows nothing. */
  know: (finder: RouteFinder) => void;
  /** What was found holds for so long. */
  keepMs: number;
}

/**
 * What circular routes should cost and how likely they hold, by the public graph alone. All simple
 * policies choose their sources by it; it learns nothing.
 */
export class RouteGuess {
  readonly #finder: RouteFinder;
  readonly #costs = new Map<string, Map<number, CircularCost>>();
  readonly #options: RouteGuessOptions;
  #sinceMs = -Infinity;

  constructor(readonly network: Network, options: Partial<RouteGuessOptions> = {}) {
    this.#finder = new RouteFinder(network);
    this.#options = { know: () => {}, keepMs: RENEW_MS, ...options };
  }

  /** Forgets what may have changed; call it before each plan. */
  renew(timeMs: number): void {
    if (timeMs - this.#sinceMs < this.#options.keepMs) return;
    this.#costs.clear();
    this.#options.know(this.#finder);
    this.#sinceMs = timeMs;
  }

  /**
   * From each of the node's channels into `targetChannel`: fee and chance for a grid amount.
   *
   * @param amountSat an amount of {@linkcode gridAmountSat}, more than 0
   * @returns by the source's channel id; undefined where no route is known
   */
  into(
    node: string,
    targetChannel: string,
    amountSat: number,
  ): (sourceChannel: string) => CircularCost | undefined {
    const { network } = this;
    const nodeIndex = network.nodeOf(node), targetIndex = network.channelOf(targetChannel);
    if (nodeIndex === undefined || targetIndex === undefined) return () => undefined;
    const key = `${nodeIndex}/${targetIndex}/${amountSat}`;
    let costs = this.#costs.get(key);
    if (costs === undefined) {
      const amountMsat = amountSat * 1000;
      costs = this.#finder.circularCosts({
        node: nodeIndex,
        targetChannel: targetIndex,
        amountMsat,
        feeLimitMsat: amountMsat * FEE_LIMIT_SHARE,
      });
      this.#costs.set(key, costs);
    }
    const found = costs;
    return (sourceChannel) => {
      const source = network.channelOf(sourceChannel);
      return source === undefined ? undefined : found.get(source);
    };
  }
}
