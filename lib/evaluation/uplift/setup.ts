import { DAY_MS, HOUR_MS } from "../../core/mod.ts";

/** How long what lasts in a run, in days of virtual time. */
export interface Timeline {
  /** Everyone only watches: balances settle and lenses learn. */
  warmUpDays: number;
  /** Policies act. */
  actingDays: number;
  /** Nobody acts any more, but income counts: liquidity bought late may still pay. */
  tailDays: number;
}

/** What an experiment is made of, beside seeds, scenarios and policies. */
export interface UpliftSetup extends Timeline {
  /** File of the channel graph; one is generated when left out. */
  graph?: string;
  /** So many of the best-connected nodes take part; of a generated graph, all. */
  nodes: number;
  /** Nodes that are observed, act and are measured. */
  operators: number;
  /** 0: as many as suit the network's size. */
  paymentsPerDay: number;
  /** Invariants are checked after every hour of virtual time, and not at the end alone. */
  check?: boolean;
}

/** Values of {@linkcode UpliftSetup} where none is given. */
export const UPLIFT_DEFAULTS = {
  warmUpDays: 5,
  actingDays: 6,
  tailDays: 2,
  nodes: 700,
  operators: 25,
  paymentsPerDay: 18_000,
} satisfies UpliftSetup;

/** When virtual time begins: a Sunday, whatever today is. */
export const UPLIFT_START_MS = Date.UTC(2024, 8, 22);

/** Time between two plans of a node. */
export const PLAN_EVERY_MS = 6 * HOUR_MS;

/** The moments of a run, Unix ms. */
export interface Moments {
  startMs: number;
  /** The first plan; income counts from here. */
  actMs: number;
  /** No plan from here on. */
  tailMs: number;
  endMs: number;
}

/** When what happens in a run. */
export function momentsOf({ warmUpDays, actingDays, tailDays }: Timeline): Moments {
  const actMs = UPLIFT_START_MS + warmUpDays * DAY_MS;
  const tailMs = actMs + actingDays * DAY_MS;
  return { startMs: UPLIFT_START_MS, actMs, tailMs, endMs: tailMs + tailDays * DAY_MS };
}

/** Days in which income counts. */
export function measuredDays({ actingDays, tailDays }: Timeline): number {
  return actingDays + tailDays;
}
