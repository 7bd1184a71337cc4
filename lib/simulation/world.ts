import { DAY_MS, seededRng } from "../core/mod.ts";
import {
  type BalanceRule,
  generateNetwork,
  initialBalances,
  loadNetwork,
  type Network,
  type OnFault,
} from "../network/mod.ts";
import { chooseOperators } from "./operators/operators.ts";
import { Simulation } from "./simulation.ts";
import type { SimulationOptions } from "./simulation_options.ts";

/** What a {@linkcode World} is made of. */
export interface WorldOptions {
  /** File of the channel graph; one is generated when left out. */
  graph?: string;
  /** Nodes of a generated graph. */
  nodes: number;
  /** Number of operators. */
  operators: number;
  seed: number;
  /** Told of each node or channel of the file that is left out; without it the first fault is thrown. */
  skipInvalid?: OnFault;
}

/** A network and who is observed in it: what twins share. */
export interface World {
  network: Network;
  /** Ids. */
  operators: string[];
  seed: number;
}

/**
 * Loads or generates a network and chooses its operators.
 *
 * @throws {InputError} for a graph that is wrong
 * @throws {UsageError} when there are too few routing nodes
 */
export async function buildWorld(
  { graph, nodes, operators, seed, skipInvalid }: WorldOptions,
): Promise<World> {
  const rng = seededRng(seed);
  const network = graph === undefined
    ? generateNetwork({ nodes, rng: rng.fork("network") })
    : await loadNetwork(graph, { skipInvalid });
  return { network, operators: chooseOperators(network, operators, rng), seed };
}

/** One run in a world. */
export interface RunOptions extends
  Pick<
    SimulationOptions,
    | "traffic"
    | "intents"
    | "probing"
    | "payments"
    | "router"
    | "htlc"
    | "drift"
    | "feeSetting"
    | "peerRebalancing"
    | "checkEveryMs"
    | "refreshPerDay"
    | "name"
  > {
  /** Virtual time at which it begins to count. */
  startMs: number;
  paymentsPerDay: number;
  /** Virtual time before the start in which nobody listens and balances settle. */
  warmUpMs?: number;
  /** How channels are filled at first that the graph tells no balance of. */
  balances?: BalanceRule;
}

/** A simulation of the world. Called twice with the same options it gives twins. */
export function simulationOf(
  { network, operators, seed }: World,
  { startMs, paymentsPerDay, warmUpMs = 2 * DAY_MS, balances, traffic, ...others }: RunOptions,
): Simulation {
  const rng = seededRng(seed);
  const simulation = new Simulation({
    network,
    balances: initialBalances(network, rng, { rule: balances }),
    rng: rng.fork("simulation"),
    startMs: startMs - warmUpMs,
    operators,
    traffic: { paymentsPerDay, ...traffic },
    ...others,
  });
  simulation.warmUp(warmUpMs);
  return simulation;
}
