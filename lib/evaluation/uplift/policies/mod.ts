import type { PolicyMaker } from "../policy.ts";
import { evd50 } from "./evd50.ts";
import { fiftyFifty } from "./fifty_fifty.ts";
import { hindsight, hindsightTrueRoutes } from "./hindsight.ts";
import { lndgLike } from "./lndg_like.ts";
import { LensPolicy } from "./ours.ts";
import { persistence, persistenceTrueRoutes } from "./persistence.ts";

/** A policy of the experiment. */
export interface PolicySpec {
  summary: string;
  /** Left out: nobody acts. */
  make?: PolicyMaker;
  /** The opening balances differ a little from those of all other runs. */
  jitter?: boolean;
  /** It is told the demand of the run in which nobody acts. */
  hindsight?: boolean;
  /** It is told what routes can carry, and is carried out knowing that. */
  trueRoutes?: boolean;
  /** It depends on the rooms of the lens, which simple policies know nothing of. */
  lens?: boolean;
}

/**
 * All policies, in the order of the table. All are carried out by the same executor, but for
 * those that are there to show what knowing the true routes would be worth.
 */
export const POLICIES = {
  none: { summary: "nobody does anything" },
  "none-jittered": { summary: "the same with opening balances changed by 1 %", jitter: true },
  "50/50@50": { summary: "refill to half for 50 ppm at most", make: fiftyFifty(50) },
  "50/50@100": { summary: "refill to half for 100 ppm at most", make: fiftyFifty(100) },
  "50/50@300": { summary: "refill to half for 300 ppm at most", make: fiftyFifty(300) },
  lndg: { summary: "as LNDg does, for 65 % of the own fee rate", make: lndgLike },
  evd50: { summary: "refill what is asked for, for 50 % of the own fee rate", make: evd50 },
  persistence: { summary: "the last 72 h will repeat themselves", make: persistence },
  ours: { summary: "the lens", make: (context) => new LensPolicy(context), lens: true },
  hindsight: {
    summary: "the demand to come is known, routes are not",
    make: hindsight,
    hindsight: true,
  },
  "persistence+routes": {
    summary: "persistence that knows what every route carries",
    make: persistenceTrueRoutes,
    trueRoutes: true,
  },
  "hindsight+routes": {
    summary: "both the demand to come and what every route carries are known",
    make: hindsightTrueRoutes,
    hindsight: true,
    trueRoutes: true,
  },
} as const satisfies Record<string, PolicySpec>;

export type PolicyName = keyof typeof POLICIES;

/** What is told of a policy. */
export function policySpec(name: PolicyName): PolicySpec {
  return POLICIES[name];
}
