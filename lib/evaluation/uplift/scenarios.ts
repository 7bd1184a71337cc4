import type { Rng } from "../../core/mod.ts";
import { Network } from "../../network/mod.ts";
import { DRIFT_OPTIONS, type SimulationOptions } from "../../simulation/mod.ts";

/** The circumstances of a run. */
export interface Scenario {
  summary: string;
  /** Changes the graph before anything else looks at it. */
  network?: (network: Network, rng: Rng) => Network;
  /** What differs from {@linkcode BASE_WORLD}. */
  world?: Partial<WorldTerms>;
  /** Other nodes, as many as there are operators, refill by rules of thumb all the time. */
  othersRebalance?: boolean;
  /** Only one operator acts in a run; several runs are put together. */
  alone?: boolean;
}

/** What a scenario may set of a simulation. */
export type WorldTerms =
  & Required<
    Pick<SimulationOptions, "traffic" | "payments" | "refreshPerDay">
  >
  & { drift: SimulationOptions["drift"] };

/**
 * Terms that reproduce a real routing node's statistics where nobody acts: 25 forwards a day at
 * the node in the middle, some 280 ppm of the amount earned, one in five attempts failed there.
 * Nine bursts in ten go to one of two usual receivers: persistent sources and sinks, which empty
 * channels for good.
 */
export const BASE_WORLD: WorldTerms = {
  traffic: { usualShare: 0.9, usualReceivers: 2 },
  payments: { feeLimitPpm: 10_000 },
  refreshPerDay: 0.05,
  drift: undefined,
};

/** Capacity over that of the graph where liquidity is slack. */
const SLACK_FACTOR = 5;

export const SCENARIOS = {
  base: { summary: "as calibrated on a real node" },
  slack: {
    summary: `every channel holds ${SLACK_FACTOR} times as much`,
    network: (network) => withCapacity(network, SLACK_FACTOR),
  },
  tight: {
    summary: "payers pay fees of 0.15 % at most instead of 1 %",
    world: { payments: { feeLimitPpm: 1_500, feeLimitFloorMsat: 1_000 } },
  },
  refresh: {
    summary: "20 % of channels a day are refilled by the chain instead of 5 %",
    world: { refreshPerDay: 0.2 },
  },
  volatile: {
    summary: "bursts four times as long, days three times as uneven, few usual receivers",
    world: { traffic: { burstSize: 20, dayVariation: 0.75, usualShare: 0.3, usualReceivers: 4 } },
  },
  fees: {
    summary: "fees are dealt out anew at random: they say nothing of demand",
    network: withShuffledFees,
  },
  others: {
    summary: "others rebalance by rules of thumb, change their fees and go offline",
    world: { drift: DRIFT_OPTIONS },
    othersRebalance: true,
  },
  alone: { summary: "one operator acts, all others leave their balances alone", alone: true },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

/** The terms of a scenario, the base's where it sets none. */
export function worldTerms(scenario: Scenario): WorldTerms {
  const { world } = scenario;
  return {
    ...BASE_WORLD,
    ...world,
    traffic: { ...BASE_WORLD.traffic, ...world?.traffic },
    payments: { ...BASE_WORLD.payments, ...world?.payments },
  };
}

function withCapacity(network: Network, factor: number): Network {
  return new Network({
    ...network,
    capacitySat: network.capacitySat.map((sat) => sat * factor),
    maxHtlcMsat: network.maxHtlcMsat.map((msat) => msat * factor),
    givenBalanceSat: network.givenBalanceSat.map((sat) => sat * factor),
  });
}

/** Deals the announced fees out among the directions that have some. */
function withShuffledFees(network: Network, rng: Rng): Network {
  const directions = Array.from(network.source, (_, direction) => direction)
    .filter((direction) => network.known[direction] === 1);
  const dealt = rng.fork("fees").shuffle([...directions]);
  const shuffled = network.clone();
  directions.forEach((direction, i) =>
    shuffled.setFees(direction, {
      baseFeeMsat: network.baseFeeMsat[dealt[i]],
      feeRatePpm: network.feeRatePpm[dealt[i]],
    })
  );
  return shuffled;
}
