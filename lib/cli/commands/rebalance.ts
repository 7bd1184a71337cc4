import {
  elapsedMs,
  formatPercent,
  formatSat,
  isoTime,
  MSAT_PER_SAT,
  RefusedError,
  satToMsat,
  setUpLogging,
  systemClock,
  textTable,
  UsageError,
} from "../../core/mod.ts";
import {
  Executor,
  feeCapMsat,
  KillSwitch,
  SpendingLedger,
  type SpendingLimits,
  SteadyTime,
  withinMaxFee,
} from "../../execution/mod.ts";
import type { CommandOptions, Suggestion } from "../../protocol/mod.ts";
import { shortChannelId, snakeNames } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { carryOut, resultLine } from "../carry_out.ts";
import { executionOptions, openPayer, openRoutes } from "../execution_setup.ts";
import { policyOf } from "../operator_settings.ts";
import { executionEvent } from "../execution_events.ts";
import { withNode } from "../node_session.ts";

type Options = CommandOptions<"rebalance">;

/** `rebalance`: shows what would be carried out; with `--execute` carries it out. */
export async function run(
  options: Options,
  { args, print, signal }: CommandContext,
): Promise<void> {
  await setUpLogging({ verbose: options.verbose });
  const killSwitch = new KillSwitch(options["data-dir"]);
  const [what = "run"] = args;
  switch (what) {
    case "stop":
      await Deno.mkdir(options["data-dir"], { recursive: true });
      killSwitch.engage();
      return print(`Rebalancing is stopped, here and in a running server: ${killSwitch.path}`);
    case "resume":
      killSwitch.release();
      return print("Rebalancing may go on.");
    case "status":
      return showStatus(options, killSwitch, print);
    case "run":
      return await rebalance(options, killSwitch, { print, signal });
    default:
      throw new UsageError(`rebalance: found ${what}, expected stop, resume or status, or nothing`);
  }
}

async function rebalance(
  options: Options,
  killSwitch: KillSwitch,
  { print, signal }: Pick<CommandContext, "print" | "signal">,
): Promise<void> {
  const policy = await policyOf(options);
  if (!options.execute) {
    return await withNode(options, { signal, passing: true }, ({ lens, notes }) => {
      showPlan(lens.recommend().suggestions, options, print);
      if (!options.json) notes.forEach((note) => print(`Note: ${note}`));
      return Promise.resolve();
    });
  }
  // Everything that can be refused is, before the node is asked anything.
  const limits = executionOptions(options, policy);
  if (killSwitch.engaged) throw stopped(killSwitch);
  const opened = await openPayer(options);
  const { payer } = opened;
  const ledger = SpendingLedger.open(options["data-dir"], new SteadyTime(elapsedMs));
  const isTold = (hash: string) => ledger.knows(hash);
  try {
    await withNode(options, { signal, passing: false, isTold }, async (session) => {
      const { opened: { node }, take, graph } = session;
      const told: Promise<void>[] = [];
      const executor = new Executor({
        reader: node,
        payer,
        routes: await openRoutes(options, opened, () => graph),
        ledger,
        killSwitch,
        clock: systemClock,
        onBrokenPromise: () => killSwitch.engage(),
        isStopped: () => signal.aborted,
        onResult: (result) => told.push(take([executionEvent(result, systemClock.nowMs())])),
      }, limits);
      const { open } = await executor.recover();
      if (open > 0) {
        const payments = open === 1 ? "a payment" : `${open} payments`;
        throw new RefusedError(`the end of ${payments} is not known yet: try again later`);
      }
      const { suggestions: planned } = session.lens.recommend();
      const suggestions = planned.map((suggestion) => withinMaxFee(suggestion, limits));
      showPlan(suggestions, options, print, limits);
      if (options["dry-run"] || (suggestions.length === 0 && !options.json)) return;
      if (suggestions.length > 0 && !agreed(options, suggestions, limits)) return;
      const { json } = options;
      await carryOut(suggestions, { executor, store: session.store, print, signal, json })
        .finally(() => Promise.all(told));
      if (killSwitch.engaged) throw stopped(killSwitch);
    });
  } finally {
    ledger.close();
    payer.close();
  }
}

function stopped({ path }: KillSwitch): RefusedError {
  return new RefusedError(`rebalancing is stopped: ${path}`);
}

/** Whether the operator says yes. Without a terminal nobody can: `--yes` says it beforehand. */
function agreed(
  { yes }: Options,
  suggestions: readonly Suggestion[],
  limits: SpendingLimits,
): boolean {
  if (yes) return true;
  if (!Deno.stdin.isTerminal()) {
    throw new RefusedError("nobody is there to confirm: add --yes to go ahead without asking");
  }
  const caps = suggestions.reduce((sum, suggestion) => sum + feeCapMsat(suggestion, limits), 0);
  const worstMsat = Math.min(caps, satToMsat(limits.budgetSatPerDay));
  const count = suggestions.length;
  return confirm(
    `Carry out ${count} ${count === 1 ? "rebalance" : "rebalances"}, for ${
      formatSat(worstMsat / MSAT_PER_SAT)
    } of fees at most?`,
  );
}

/** @param limits what each may cost at most; its own limit alone where nothing is carried out */
function showPlan(
  suggestions: readonly Suggestion[],
  options: Options,
  print: (s: string) => void,
  limits?: SpendingLimits,
) {
  const isAll = !options.execute || options["dry-run"];
  if (options.json) {
    // What is carried out is told with its results.
    if (isAll) print(JSON.stringify(snakeNames({ suggestions }), null, 2));
    return;
  }
  if (suggestions.length === 0) {
    print("No rebalance pays for itself now; deno task recommend tells why for each channel.");
    return;
  }
  textTable(
    ["out by", "back by", "amount", "confidence", "gain", "fee", "limit"],
    suggestions.map((s) => [
      shortChannelId(s.sourceChannel),
      shortChannelId(s.targetChannel),
      formatSat(s.amountMsat / MSAT_PER_SAT),
      formatPercent(s.confidence, 0),
      formatSat(s.expectedGainMsat / MSAT_PER_SAT),
      formatSat(s.expectedFeeMsat / MSAT_PER_SAT),
      formatSat((limits ? feeCapMsat(s, limits) : s.feeLimitMsat) / MSAT_PER_SAT),
    ]),
  ).forEach(print);
  if (isAll) print(`\n${nothingDone(options)}`);
}

function nothingDone(options: Options): string {
  return options.execute
    ? "Nothing was carried out: --dry-run."
    : "Nothing was carried out: that takes --execute and limits.";
}

/** What was spent, what is under way, what was done last. */
function showStatus(options: Options, killSwitch: KillSwitch, print: (s: string) => void): void {
  const ledger = SpendingLedger.open(options["data-dir"]);
  try {
    const { settledMsat, reservedMsat } = ledger.spending(systemClock.nowMs());
    const open = ledger.open(), executions = ledger.executions(20);
    if (options.json) {
      const stopped = killSwitch.engaged;
      print(JSON.stringify(snakeNames({ stopped, settledMsat, reservedMsat, open, executions })));
      return;
    }
    print(`Kill switch:       ${killSwitch.engaged ? `engaged (${killSwitch.path})` : "off"}`);
    print(`Spent in 24 hours: ${formatSat(settledMsat / MSAT_PER_SAT)}`);
    print(
      `Set aside:         ${formatSat(reservedMsat / MSAT_PER_SAT)} for ${open.length} payments`,
    );
    for (const { suggestion, begunMs, result } of executions) {
      print(`${isoTime(begunMs)} ${result ? resultLine(suggestion, result) : "not ended"}`);
    }
  } finally {
    ledger.close();
  }
}
