import {
  type Clock,
  elapsedMs,
  errorMessage,
  formatSat,
  logger,
  MSAT_PER_SAT,
  RefusedError,
  SECOND_MS,
  systemClock,
} from "../core/mod.ts";
import {
  type ExecutionOptions,
  Executor,
  type ExecutorParts,
  KillSwitch,
  SpendingLedger,
  SteadyTime,
  worstCaseMsat,
} from "../execution/mod.ts";
import type { Network } from "../network/mod.ts";
import type { Plan } from "../planning/mod.ts";
import type { CommandOptions, Suggestion, SuggestionResult } from "../protocol/mod.ts";
import type { ExecutionControl, LensServer } from "../server/mod.ts";
import { executionEvent } from "./execution_events.ts";
import { executionOptions, openPayer, openRoutes } from "./execution_setup.ts";
import { policyOf } from "./operator_settings.ts";
import { namesNode } from "./lnd_options.ts";

/** What carries out the plans of a server. */
export interface ExecutionParts {
  executor: Pick<Executor, "execute" | "recover">;
  ledger: SpendingLedger;
  killSwitch: Pick<KillSwitch, "engaged">;
  limits: ExecutionOptions;
  clock: Clock;
  /** The newest plan. */
  plan: () => Plan | undefined;
  /** Makes a new plan that knows of all results so far. */
  planAnew: () => Promise<unknown>;
}

/** How often a new plan is looked for. */
const LOOK_MS = SECOND_MS;

/**
 * Carries out every new plan until the signal, best gain first and one payment at a time. While the
 * kill switch is engaged nothing is begun. Ends of payments that a crash left open are found first.
 */
export async function carryOutPlans(
  { executor, ledger, killSwitch, limits, clock, plan, planAnew }: ExecutionParts,
  signal: AbortSignal,
): Promise<void> {
  const log = logger("execution");
  let doneMs = -Infinity, begun = false, waiting = false;
  while (!signal.aborted) {
    try {
      if (!begun) {
        // The plan of before knows nothing of what happened while this program did not run.
        await executor.recover();
        await planAnew();
        begun = true;
      }
      const newest = plan();
      if (newest !== undefined && newest.timeMs > doneMs && !killSwitch.engaged) {
        if ((await executor.recover()).open === 0) {
          doneMs = newest.timeMs;
          // A plan made meanwhile knows nothing of these results: it would pay for them again.
          if (await carryOut(newest) > 0) await planAnew();
        }
      }
    } catch (error) {
      log.error`a plan could not be carried out: ${errorMessage(error)}`;
    }
    await clock.sleep(LOOK_MS, signal);
  }

  /** Returns how many suggestions were tried. */
  async function carryOut({ suggestions }: Plan): Promise<number> {
    let tried = 0;
    const best = suggestions.toSorted((a, b) => b.expectedGainMsat - a.expectedGainMsat);
    for (const suggestion of best) {
      if (signal.aborted || killSwitch.engaged) break;
      const nowMs = clock.nowMs();
      const against = limits.forbids?.(suggestion, nowMs);
      if (against !== undefined || ledger.execution(suggestion.id) !== undefined) continue;
      const tooDear = ledger.refusal(worstCaseMsat(suggestion, limits), limits, nowMs);
      if (tooDear !== undefined) {
        // Told once, not with every plan.
        if (!waiting) log.warn`rebalances wait: ${tooDear}`;
        waiting = true;
        continue;
      }
      waiting = false;
      const result = await executor.execute(suggestion);
      // What was refused has changed nothing that a new plan would know of.
      if (result.status !== "refused") tried++;
      log.info`${outcomeLine(result)}`;
    }
    return tried;
  }
}

/** The node whose rebalances are carried out. */
export interface ExecutedNode {
  reader: ExecutorParts["reader"];
  /** The newest graph; undefined until it was read. */
  graph: () => Network | undefined;
  /** Whether what happened before this program was started is known. */
  wasRead: () => boolean;
}

/** Everything that spending needs, opened before a server promises to spend. */
export interface OpenExecution {
  ledger: SpendingLedger;
  /** What the dashboard may do and see of it. */
  control: ExecutionControl;
  /** Carries out the server's plans until the signal. */
  run(server: LensServer, node: ExecutedNode, signal: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * What `serve --execute` spends with; undefined without `--execute`.
 *
 * @throws {RefusedError} without limits, a macaroon for paying, or a node
 */
export async function openExecution(
  options: CommandOptions<"serve">,
): Promise<OpenExecution | undefined> {
  if (!options.execute) return undefined;
  if (!namesNode(options)) {
    throw new RefusedError("serve --execute: found no node, expected --lnddir or --restserver");
  }
  const limits = executionOptions(options, await policyOf(options));
  const opened = await openPayer(options);
  const { payer } = opened;
  const folder = options["data-dir"];
  const ledger = SpendingLedger.open(folder, new SteadyTime(elapsedMs));
  const killSwitch = new KillSwitch(folder), clock = systemClock;
  const stopped = new Set<string>();
  let executor: Executor | undefined;
  /** The newest result on its way into the journal; those before it are there when it is. */
  let told: Promise<unknown> = Promise.resolve();
  return {
    ledger,
    control: executionControl({
      ledger,
      killSwitch,
      limits,
      clock,
      stopped,
      executor: () => executor,
    }),
    run: async (server, { reader, graph, wasRead }, signal) => {
      while (!wasRead() && !signal.aborted) await clock.sleep(LOOK_MS, signal);
      executor = new Executor({
        reader,
        payer,
        routes: await openRoutes(options, opened, graph),
        ledger,
        killSwitch,
        clock,
        onBrokenPromise: () => killSwitch.engage(),
        isStopped: (suggestionId) => stopped.has(suggestionId) || signal.aborted,
        onProgress: (progress) => server.insights.runs.progress(progress, clock.nowMs()),
        onResult: (result) => {
          told = server.ingest([executionEvent(result, clock.nowMs())]).catch((error) =>
            logger("execution").error`a result could not be stored: ${errorMessage(error)}`
          );
        },
      }, limits);
      const planAnew = async () => {
        await told;
        await server.renew();
      };
      const plan = () => wantedPlan(server);
      const parts = { executor, ledger, killSwitch, limits, clock, plan, planAnew };
      await carryOutPlans(parts, signal);
    },
    close: () => {
      ledger.close();
      payer.close();
    },
  };
}

/** The server's plan without what the operator dismissed. */
function wantedPlan({ plan, insights, options }: LensServer): Plan | undefined {
  if (plan === undefined) return undefined;
  const nowMs = options.engine.nowMs;
  const wanted = (suggestion: Suggestion) =>
    insights.dismissals.until(suggestion, nowMs) === undefined;
  return { ...plan, suggestions: plan.suggestions.filter(wanted) };
}

/** What the dashboard may do and see of execution; `executor` is there once the node is followed. */
export function executionControl(
  { ledger, killSwitch, limits, clock, stopped, executor }:
    & Pick<ExecutionParts, "ledger" | "limits" | "clock">
    & {
      killSwitch: KillSwitch;
      /** Ids of suggestions for which nothing more may be sent. */
      stopped: Set<string>;
      executor: () => Pick<Executor, "execute"> | undefined;
    },
): ExecutionControl {
  return {
    accept(suggestion) {
      const ready = executor();
      if (ready === undefined) return "the node is not connected yet; try again in a moment";
      if (killSwitch.engaged) return "rebalancing is stopped; resume it first";
      if (ledger.execution(suggestion.id) !== undefined) return "it was carried out before";
      void ready.execute(suggestion).then((result) => {
        logger("execution").info`accepted: ${outcomeLine(result)}`;
      });
      return undefined;
    },
    executions: (limit) =>
      ledger.executions(limit).map((execution) => ({
        ...execution,
        attempts: ledger.attemptsOf(execution.suggestion.id),
      })),
    stopOne(suggestionId) {
      const execution = ledger.execution(suggestionId);
      if (execution === undefined) return "it was never begun";
      if (execution.result !== undefined) return "it has ended already";
      stopped.add(suggestionId);
      return undefined;
    },
    get stopped() {
      return killSwitch.engaged;
    },
    stop: () => killSwitch.engage(),
    resume: () => killSwitch.release(),
    spending: () => ({
      ...ledger.spending(clock.nowMs()),
      budgetMsat: limits.budgetSatPerDay * MSAT_PER_SAT,
    }),
  };
}

function outcomeLine({ id, status, amountMsat, feeMsat, reason }: SuggestionResult): string {
  return `${id}: ${status}, ${formatSat(amountMsat / MSAT_PER_SAT)} for ${
    formatSat(feeMsat / MSAT_PER_SAT)
  }${reason === undefined ? "" : ` (${reason})`}`;
}
