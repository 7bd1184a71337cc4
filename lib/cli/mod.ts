/**
 * Floor 7: the commands. Parse, validate, build, run: the only place where parts are put together.
 *
 * @module
 */
import { closeLogging, EXIT, isSystemError, LensError, quote, UsageError } from "../core/mod.ts";
import { type CommandName, COMMANDS } from "../protocol/mod.ts";
import type { CommandContext, CommandRun } from "./command.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseCommandLine } from "./parse.ts";

/** Commands are loaded when called, so that help and light commands start at once. */
const LOADERS: { [C in CommandName]: () => Promise<{ run: CommandRun<C> }> } = {
  demo: () => import("./commands/demo.ts"),
  generate: () => import("./commands/generate.ts"),
  features: () => import("./commands/features.ts"),
  train: () => import("./commands/train.ts"),
  "train:initial": () => import("./commands/train_initial.ts"),
  analyze: () => import("./commands/analyze.ts"),
  simulate: () => import("./commands/simulate.ts"),
  serve: () => import("./commands/serve.ts"),
  recommend: () => import("./commands/recommend.ts"),
  rebalance: () => import("./commands/rebalance.ts"),
  client: () => import("./commands/client.ts"),
  backup: () => import("./commands/backup.ts"),
  cleanup: () => import("./commands/cleanup.ts"),
  backtest: () => import("./commands/backtest.ts"),
  uplift: () => import("./commands/uplift.ts"),
  experiment: () => import("./commands/experiment.ts"),
  models: () => import("./commands/models.ts"),
  doctor: () => import("./commands/doctor.ts"),
};

/**
 * Runs a command line and returns the exit code. Nothing is thrown: expected errors are one line
 * on standard error, unexpected ones show their stack.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(programHelp());
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  const stop = new AbortController();
  const abort = () => stop.abort();
  Deno.addSignalListener("SIGINT", abort);
  Deno.addSignalListener("SIGTERM", abort);
  try {
    if (!isCommand(name)) {
      throw new UsageError(`found ${quote(name)}, expected a command; see --help`);
    }
    return await runCommand(name, rest, stop.signal);
  } catch (error) {
    if (error instanceof LensError) {
      console.error(`error: ${error.message}`);
      return error.exitCode;
    }
    console.error(isSystemError(error) ? `error: ${error.message}` : error);
    return EXIT.failed;
  } finally {
    Deno.removeSignalListener("SIGINT", abort);
    Deno.removeSignalListener("SIGTERM", abort);
    await closeLogging();
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

async function runCommand<C extends CommandName>(name: C, argv: string[], signal: AbortSignal) {
  const { options, args } = await parseCommandLine(name, argv, { env: readEnvironment });
  if (options.help) {
    console.log(commandHelp(name));
    return EXIT.done;
  }
  const context: CommandContext = { args, signal, print: (line) => console.log(line) };
  const { run } = await LOADERS[name]();
  await run(options, context);
  return EXIT.done;
}

function readEnvironment(name: string): string | undefined {
  return Deno.env.get(name);
}
