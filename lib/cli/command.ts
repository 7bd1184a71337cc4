import type { CommandName, CommandOptions } from "../protocol/mod.ts";

/** What a command gets beside its options. */
export interface CommandContext {
  /** Positional arguments. */
  args: string[];
  /** Prints a line of the result on standard output. */
  print(line: string): void;
  /** Ends with the process's SIGINT and SIGTERM: drain, commit and return. */
  signal: AbortSignal;
}

/** One command: validated options in, done when the promise resolves; errors carry exit codes. */
export type CommandRun<C extends CommandName> = (
  options: CommandOptions<C>,
  context: CommandContext,
) => Promise<void>;
