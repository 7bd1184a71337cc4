import { logger, RefusedError, UsageError } from "../core/mod.ts";
import {
  type ExecutionOptions,
  forbiddenBy,
  RouteKnowledge,
  type SpendingLimits,
} from "../execution/mod.ts";
import type { Network } from "../network/mod.ts";
import { LndConnection, LndPayer, payingFit, readLndKeys, SENDING_ALONG } from "../nodes/mod.ts";
import { type CommandOptions, type OperatorPolicy, ruleFor } from "../protocol/mod.ts";
import { lndSettings } from "./lnd_options.ts";

/** Where the node is, and what pays. */
export type PayerOptions =
  & Parameters<typeof lndSettings>[0]
  & Pick<
    CommandOptions<"rebalance">,
    "payment-macaroonpath" | "path-finding" | "allow-admin-macaroon"
  >;
/** What limits spending. */
type LimitOptions = Pick<CommandOptions<"rebalance">, typeof LIMITS[number][0]>;

/** The options that limit what is spent, and the policy's member where each may stand too. */
const LIMITS = [
  ["budget-sat-per-day", "budgetSatPerDay", "budget_sat_per_day"],
  ["max-fee-sat", "maxFeeSat", "max_fee_sat"],
  ["max-fee-ppm", "maxFeePpm", "max_fee_ppm"],
] as const;

/**
 * Limits from options and policy; where both set one the lower holds.
 *
 * @throws {RefusedError} when one is missing: there is no default budget
 */
export function spendingLimits(
  options: LimitOptions,
  { limits }: OperatorPolicy,
): SpendingLimits {
  const missing: string[] = [];
  const of = ([option, name, member]: typeof LIMITS[number]) => {
    const given = [options[option], limits[name]].filter((value) => value !== undefined);
    if (given.length === 0) missing.push(`--${option} (or limits.${member} in the policy)`);
    return Math.min(...given);
  };
  const [budgetSatPerDay, maxFeeSat, maxFeePpm] = LIMITS.map(of);
  if (missing.length > 0) {
    throw new RefusedError(`nothing is spent without limits: give ${missing.join(" and ")}`);
  }
  return { budgetSatPerDay, maxFeeSat, maxFeePpm };
}

/** Limits and rules for an executor. */
export function executionOptions(options: LimitOptions, policy: OperatorPolicy): ExecutionOptions {
  return {
    ...spendingLimits(options, policy),
    forbids: forbiddenBy(policy),
    boundsOf: (channel) => ruleFor(policy, channel),
  };
}

/** The node for paying, and whether its macaroon lets us choose the routes. */
export interface OpenPayer {
  payer: LndPayer;
  path: string;
  ownRoutes: boolean;
  /** Whether other users of this machine may read the macaroon. */
  exposed: boolean;
}

/**
 * The node for paying, with a macaroon of its own.
 *
 * @throws {RefusedError} without one, or with one that allows too little or too much
 * @throws {UsageError} when it is the one for reading
 */
export async function openPayer(options: PayerOptions): Promise<OpenPayer> {
  const path = options["payment-macaroonpath"];
  if (path === undefined) {
    throw new RefusedError(
      "executing needs a macaroon of its own: --payment-macaroonpath; deno task doctor prints how " +
        "to bake it",
    );
  }
  if (path === options.macaroonpath) {
    throw new UsageError(
      "--payment-macaroonpath and --macaroonpath: found the same file, expected one for paying and " +
        "one for reading",
    );
  }
  const settings = lndSettings({ ...options, macaroonpath: path });
  const { access, permissions, macaroonPath } = await readLndKeys(settings);
  const { missing, excess, routes } = payingFit(permissions);
  if (options["path-finding"] === "own" && !routes) missing.push(SENDING_ALONG);
  if (missing.length > 0) {
    throw new RefusedError(
      `the macaroon ${path} can't carry out rebalances, it lacks ${missing.join(", ")}: deno ` +
        "task doctor prints how to bake one",
    );
  }
  if (excess.length > 0 && !options["allow-admin-macaroon"]) {
    throw new RefusedError(
      `the macaroon ${path} allows more than carrying out rebalances (${
        excess.slice(0, 3).join(", ")
      }): deno task doctor prints how to bake one that does not, or insist with ` +
        "--allow-admin-macaroon",
    );
  }
  const ownRoutes = routes && options["path-finding"] !== "lnd";
  const exposed = await isReadByOthers(macaroonPath);
  if (exposed) {
    logger("execution").warn`others on this machine may read ${macaroonPath}: chmod 600`;
  }
  return { payer: new LndPayer(new LndConnection(access)), path: macaroonPath, ownRoutes, exposed };
}

/** Whether users beside the owner may read a file. Systems without such rights don't say. */
async function isReadByOthers(path: string): Promise<boolean> {
  const { mode } = await Deno.stat(path);
  return ((mode ?? 0) & 0o077) !== 0;
}

/**
 * What is known of routes, for an executor; undefined where the node has to find them.
 *
 * @param graph the newest graph
 */
export async function openRoutes(
  options: Pick<CommandOptions<"rebalance">, "data-dir" | "path-finding">,
  { ownRoutes }: OpenPayer,
  graph: () => Network | undefined,
): Promise<RouteKnowledge | undefined> {
  if (ownRoutes) return await RouteKnowledge.open(options["data-dir"], graph);
  if (options["path-finding"] === undefined) {
    logger("execution").warn`lnd finds the routes: the macaroon lacks ${SENDING_ALONG}`;
  }
  return undefined;
}
