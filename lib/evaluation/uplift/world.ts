import { HOUR_MS, seededRng } from "../../core/mod.ts";
import {
  Balances,
  generateNetwork,
  initialBalances,
  loadNetwork,
  type Network,
} from "../../network/mod.ts";
import { chooseOperators, paymentsPerDayIn, Simulation } from "../../simulation/mod.ts";
import { coreNetwork } from "./core_network.ts";
import { type Scenario, worldTerms } from "./scenarios.ts";
import { UPLIFT_START_MS, type UpliftSetup } from "./setup.ts";

/**
 * Who acts: nodes in the middle of the core that charge for forwarding, by the graph alone. In
 * the core of mainnet those have some 45 to 95 channels; without any rebalancing the one in the
 * middle forwards 25 payments a day, as the real node did.
 */
const OPERATOR_RULE = { fromRank: 0.05, toRank: 0.2, leastPpm: 100 };
/** Those that rebalance beside them in one of the scenarios come from a wider range. */
const OTHER_RULE = { fromRank: 0, toRank: 0.4, leastPpm: 20 };
/** Standard deviation of the change of a balance where balances are jittered, of the capacity. */
const JITTER = 0.01;

/** A network and who acts in it: the same for all policies of a seed and scenario. */
export interface UpliftWorld {
  network: Network;
  /** Ids of those that are measured. */
  operators: string[];
  /** Ids of those that rebalance as part of the scenario. */
  others: string[];
  scenario: Scenario;
  seed: number;
  paymentsPerDay: number;
}

/**
 * Reads or makes the graph of an experiment, not yet changed by a scenario.
 *
 * @throws {InputError} for a graph that is wrong
 */
export async function upliftGraph({ graph, nodes }: UpliftSetup): Promise<Network> {
  if (graph !== undefined) return coreNetwork(await loadNetwork(graph), nodes);
  // A made graph is a part of the experiment, not of chance: the same for all seeds.
  return generateNetwork({ nodes, rng: seededRng(0).fork("network") });
}

/**
 * The world of a seed and scenario. @throws {UsageError} when the graph has too few nodes to act
 */
export function upliftWorld(
  graph: Network,
  { setup, scenario, seed }: { setup: UpliftSetup; scenario: Scenario; seed: number },
): UpliftWorld {
  const rng = seededRng(seed).fork("uplift");
  const network = scenario.network?.(graph, rng) ?? graph;
  // Operators follow from the graph as it is, so that all scenarios of a seed have the same ones.
  const operators = chooseOperators(graph, setup.operators, rng, OPERATOR_RULE);
  const others = scenario.othersRebalance
    ? chooseOperators(graph, 2 * setup.operators, rng.fork("others"), OTHER_RULE)
      .filter((id) => !operators.includes(id)).slice(0, setup.operators)
    : [];
  const paymentsPerDay = paymentsPerDayIn(network, setup.paymentsPerDay);
  return { network, operators, others, scenario, seed, paymentsPerDay };
}

/** A simulation of the world at its start; called twice it gives twins, but for the jitter. */
export function upliftSimulation(
  { network, operators, others, scenario, seed, paymentsPerDay }: UpliftWorld,
  { jitter, check = false }: { jitter: boolean; check?: boolean },
): Simulation {
  const rng = seededRng(seed).fork("uplift");
  const { traffic, ...terms } = worldTerms(scenario);
  const balances = initialBalances(network, rng);
  return new Simulation({
    network,
    balances: jitter ? jittered(balances, seed) : balances,
    rng: rng.fork("simulation"),
    startMs: UPLIFT_START_MS,
    operators: [...operators, ...others],
    traffic: { paymentsPerDay, ...traffic },
    checkEveryMs: check ? HOUR_MS : undefined,
    ...terms,
  });
}

/** Balances that differ by about a hundredth of the capacity. */
function jittered(balances: Balances, seed: number): Balances {
  const { network } = balances;
  const rng = seededRng(seed).fork("jitter");
  return Balances.of(network, (channel) => {
    const capacitySat = network.capacitySat[channel];
    const sat = balances.balanceMsat[2 * channel] / 1000 + JITTER * capacitySat * rng.normal();
    return Math.min(capacitySat, Math.max(0, sat));
  });
}
