import { COMMANDS, type CommandSpec, type COMMON_OPTIONS } from "./commands.ts";
import type { OptionSpec } from "./option_spec.ts";
import { type OptionName, OPTIONS } from "./options.ts";

type ValueOf<S extends OptionSpec> = S["kind"] extends "boolean" ? boolean
  : S["kind"] extends "number" | "integer" ? number
  : S["kind"] extends "list" | "repeated" ? string[]
  : string;

/** Parsed options of a command: those with a default are always there. */
export type OptionValues<N extends OptionName> = {
  [K in N]: (typeof OPTIONS)[K] extends { default: string | number | boolean }
    ? ValueOf<(typeof OPTIONS)[K]>
    : (typeof OPTIONS)[K]["kind"] extends "boolean" ? boolean
    : ValueOf<(typeof OPTIONS)[K]> | undefined;
};

export type CommandName = keyof typeof COMMANDS;

type FileOptionOf<C extends CommandName> = (typeof COMMANDS)[C] extends
  { fileOptions: readonly (infer N extends OptionName)[] } ? N : never;

/** Options of one command, the common ones included. */
export type CommandOptions<C extends CommandName> =
  & OptionValues<(typeof COMMON_OPTIONS)[number]>
  & Omit<OptionValues<(typeof COMMANDS)[C]["options"][number]>, FileOptionOf<C>>
  & { [N in FileOptionOf<C>]: string | undefined };

/** How a command takes an option: as the table has it, but for its `fileOptions`. */
export function optionSpec(command: CommandName, name: OptionName): OptionSpec {
  const isFile = (COMMANDS[command] as CommandSpec).fileOptions?.includes(name);
  return isFile ? { kind: "path", value: "FILE", help: "write the result as JSON" } : OPTIONS[name];
}

/** Name of the environment variable of an option. */
export function environmentName(option: OptionName): string {
  return `LIGHTNING_LENS_${option.toUpperCase().replaceAll("-", "_")}`;
}
