import { HOUR_MS, systemClock } from "../core/mod.ts";
import type { PlannerOptions } from "../planning/mod.ts";
import {
  type CommandOptions,
  NO_POLICY,
  type OperatorPolicy,
  readPolicy,
  ruleFor,
} from "../protocol/mod.ts";
import type { LensSetup } from "./lens_setup.ts";

/** The operator's policy: the file that is named, or none. */
export function policyOf(options: { policy?: string }): Promise<OperatorPolicy> {
  return options.policy === undefined ? Promise.resolve(NO_POLICY) : readPolicy(options.policy);
}

/** Options that a lens for a real node is set up from. */
export type LensOptions = Pick<
  CommandOptions<"recommend">,
  "data-dir" | "model" | "seed" | "policy" | "learning-hours"
>;

/**
 * How a lens is set up for a real node.
 *
 * @throws {InputError} for a policy file that is missing or wrong
 */
export async function lensSetup(options: LensOptions): Promise<LensSetup> {
  return {
    folder: options["data-dir"],
    model: options.model,
    seed: options.seed,
    clock: systemClock,
    planner: plannerRules(await policyOf(options)),
    minObservedMs: options["learning-hours"] * HOUR_MS,
  };
}

/** A policy as the planner keeps to it. What it does not say stays as it is. */
export function plannerRules(policy: OperatorPolicy): Partial<PlannerOptions> {
  const { margin, minConfidence, coolDownHours, reverseCoolDownHours } = policy;
  const { minAmountSat, maxAmountSat } = policy;
  const said = {
    marginFactor: margin,
    minConfidence,
    coolDownMs: coolDownHours && coolDownHours * HOUR_MS,
    reverseCoolDownMs: reverseCoolDownHours && reverseCoolDownHours * HOUR_MS,
    minAmountSat,
    maxAmountSat,
  };
  return {
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
    ruleOf: (channel) => ruleFor(policy, channel),
  };
}
