import type { Network } from "../../network/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";
import type { NodeView } from "./node_view.ts";
import { fiftyFifty } from "./policies/fifty_fifty.ts";
import { type PolicyName, policySpec } from "./policies/mod.ts";
import type { Oracle, PolicyContext } from "./policy.ts";
import type { RunRecord, SuggestionTally } from "./record.ts";
import { Run } from "./run.ts";
import { type Scenario, type ScenarioName, SCENARIOS } from "./scenarios.ts";
import { momentsOf, type UpliftSetup } from "./setup.ts";
import { TrueExecutor } from "./true_executor.ts";
import { upliftSimulation, type UpliftWorld, upliftWorld } from "./world.ts";

/** One policy in one scenario with one seed: all that its record follows from, beside the code. */
export interface UpliftJob {
  setup: UpliftSetup;
  scenario: ScenarioName;
  policy: PolicyName;
  seed: number;
}

/**
 * In the scenario where operators act alone, so many of each seed's are tried, one after the
 * other.
 */
const ALONE_RUNS = 4;

/**
 * What nodes do that are part of a scenario: rarely of use to them, but it moves the network's
 * balances.
 */
const OTHERS = fiftyFifty(100);

type Outcome = Omit<RunRecord, "policy" | "scenario" | "seed">;

/** Runs a job on its graph. The same job gives the same record. */
export function runJob(job: UpliftJob, graph: Network): RunRecord {
  const { policy, scenario, seed } = job;
  const world = upliftWorld(graph, { ...job, scenario: SCENARIOS[scenario] });
  const { alone }: Scenario = world.scenario;
  const outcome = alone ? runAlone(job, world) : runWorld(job, world, world.operators).outcome;
  return { policy, scenario, seed, ...outcome };
}

/** Runs a world in which `acting` are heard, act and are measured. */
function runWorld(job: UpliftJob, world: UpliftWorld, acting: readonly string[]) {
  const spec = policySpec(job.policy);
  const demand = spec.hindsight ? demandWithout(job, world, acting) : new Map<string, NodeView>();
  const simulation = upliftSimulation(world, {
    jitter: spec.jitter ?? false,
    check: job.setup.check,
  });
  const moments = momentsOf(job.setup);
  const knowing = spec.trueRoutes ? new TrueExecutor(simulation) : undefined;
  const run = new Run({ simulation, moments, operators: acting, others: world.others, knowing });
  const context: PolicyContext = {
    views: run.views,
    network: simulation.network,
    moments,
    seed: job.seed,
    oracle: oracleOf(simulation, demand),
  };
  const outcome = run.toEnd(spec.make?.(context), (views) => OTHERS({ ...context, views }));
  simulation.check();
  return { outcome, views: run.views };
}

function oracleOf({ balances }: Simulation, demand: Map<string, NodeView>): Oracle {
  return {
    demand: (node) => demand.get(node)!,
    availableMsat: (direction) => balances.availableMsat(direction),
  };
}

/** What will be attempted where nobody acts. */
function demandWithout(job: UpliftJob, world: UpliftWorld, acting: readonly string[]) {
  const { views } = runWorld({ ...job, policy: "none" }, world, acting);
  return new Map(views.map((view) => [view.node, view]));
}

/** Some operators of a world, each in a run in which nobody else acts. */
function runAlone(job: UpliftJob, world: UpliftWorld): Outcome {
  const tried = world.operators.slice(0, ALONE_RUNS);
  // Where nobody acts at all, one run shows all of them.
  if (policySpec(job.policy).make === undefined) return runWorld(job, world, tried).outcome;
  const outcomes = tried.map((node) => runWorld(job, world, [node]).outcome);
  const [first, ...rest] = outcomes;
  return rest.reduce<Outcome>((all, one) => ({
    nodes: [...all.nodes, ...one.nodes],
    payments: all.payments + one.payments,
    settled: all.settled + one.settled,
    suggestions: sumTallies(all.suggestions, one.suggestions),
    paybacks: [...all.paybacks, ...one.paybacks],
    // Forecasts of one node in one run say too little to be put together.
    forecasts: null,
  }), { ...first, forecasts: null });
}

function sumTallies(a: SuggestionTally, b: SuggestionTally): SuggestionTally {
  return {
    made: a.made + b.made,
    applied: a.applied + b.applied,
    failed: a.failed + b.failed,
    refused: a.refused + b.refused,
    attempts: a.attempts + b.attempts,
    askedMsat: a.askedMsat + b.askedMsat,
    movedMsat: a.movedMsat + b.movedMsat,
  };
}
