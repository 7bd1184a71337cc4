import { join } from "node:path";
import { z } from "zod";
import { errorMessage, logger, writeFileAtomic } from "../core/mod.ts";
import {
  LiquidityMemory,
  LiquidityPrior,
  memoryInNames,
  type NamedMemory,
  type Network,
  rememberNames,
  RouteFinder,
} from "../network/mod.ts";
import { FINAL_CLTV } from "../nodes/mod.ts";
import { RouteSearch, type RouteTask } from "./route_search.ts";
import type { ExecutionSettings } from "./settings.ts";

/** Name of the file in a data folder that keeps what attempts taught. */
export const ROUTES_NAME = "lightning_lens_routes.json";

const count = z.number().min(0);
const memorySchema = z.object({
  bounds: z.array(z.tuple([z.string(), z.string(), count, count, z.number()])),
  nodes: z.array(z.tuple([z.string(), z.number(), z.number(), z.number()])),
});
const log = logger("execution");

/**
 * What is known of ways through the network: its graph as it is now, and what attempts taught of the
 * liquidity of others' channels, which outlives rebalances, graphs and restarts.
 */
export class RouteKnowledge {
  #finder: RouteFinder | undefined;
  #memory: LiquidityMemory | undefined;

  /**
   * @param graph the newest graph; undefined while none is known
   * @param kept what was learned before
   * @param path where it is kept; nowhere when left out
   */
  constructor(
    readonly graph: () => Network | undefined,
    private kept: NamedMemory = { bounds: [], nodes: [] },
    readonly path?: string,
  ) {}

  /** With what a data folder keeps of earlier runs. A file that can't be read is as good as none. */
  static async open(folder: string, graph: () => Network | undefined): Promise<RouteKnowledge> {
    const path = join(folder, ROUTES_NAME);
    try {
      const kept = memorySchema.parse(JSON.parse(await Deno.readTextFile(path)));
      return new RouteKnowledge(graph, kept, path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        log.warn`${path} is left aside, routes are learned anew: ${errorMessage(error)}`;
      }
      return new RouteKnowledge(graph, undefined, path);
    }
  }

  /** A search for the routes of one rebalance; undefined where the graph does not know its ends. */
  search(
    task: RouteTask,
    { maxRoutes, leastPartShare, cltvLimit }: ExecutionSettings,
  ): RouteSearch | undefined {
    const known = this.#current();
    if (known === undefined) return undefined;
    return RouteSearch.begin(task, {
      ...known,
      options: {
        maxAttempts: maxRoutes,
        leastPartShare,
        // The search counts what an invoice asks for; a little more is sent.
        cltvLimit: cltvLimit - (FINAL_CLTV.sent - FINAL_CLTV.asked),
      },
    });
  }

  /** Writes down what is known now. */
  async keep(): Promise<void> {
    if (this.#memory !== undefined) this.kept = memoryInNames(this.#memory);
    if (this.path === undefined) return;
    try {
      await writeFileAtomic(this.path, JSON.stringify(this.kept));
    } catch (error) {
      log.warn`what was learned of routes is not kept: ${errorMessage(error)}`;
    }
  }

  /** Finder and memory of the newest graph; what was learned by an older one is carried over. */
  #current(): { finder: RouteFinder; memory: LiquidityMemory } | undefined {
    const network = this.graph();
    if (network === undefined) return undefined;
    if (this.#finder === undefined || this.#memory?.network !== network) {
      if (this.#memory !== undefined) this.kept = memoryInNames(this.#memory);
      const prior = new LiquidityPrior(network);
      this.#finder = new RouteFinder(network, prior);
      this.#memory = new LiquidityMemory(network, prior);
      rememberNames(this.#memory, this.kept);
    }
    return { finder: this.#finder, memory: this.#memory };
  }
}
