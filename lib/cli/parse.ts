// @ts-types="./std_cli.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { InputError, quote, readToml, UsageError } from "../core/mod.ts";
import {
  type CommandName,
  type CommandOptions,
  COMMANDS,
  type CommandSpec,
  COMMON_OPTIONS,
  environmentName,
  type OptionName,
  OPTIONS,
  type OptionSpec,
  optionSpec,
} from "../protocol/mod.ts";

/** Where option values come from beside the command line. */
export interface Surroundings {
  env: (name: string) => string | undefined;
}

/** A parsed command line. */
export interface ParsedCommand<C extends CommandName> {
  options: CommandOptions<C>;
  args: string[];
}

/** Names of all options a command takes. */
export function optionNames(command: CommandName): OptionName[] {
  return [...new Set<OptionName>([...COMMANDS[command].options, ...COMMON_OPTIONS])];
}

/** The default of an option for a command. */
export function optionDefault(command: CommandName, name: OptionName) {
  const spec: OptionSpec = OPTIONS[name];
  return (COMMANDS[command] as CommandSpec).defaults?.[name] ?? spec.default;
}

/**
 * Parses the arguments that follow the command's name. Flags beat the environment, that beats the
 * config file, that beats defaults.
 *
 * @throws {UsageError} for an unknown option or a value outside its range, naming its source
 * @throws {InputError} for a config file that is missing or wrong
 */
export async function parseCommandLine<C extends CommandName>(
  command: C,
  argv: readonly string[],
  { env }: Surroundings,
): Promise<ParsedCommand<C>> {
  const names = optionNames(command);
  const isFlag = (name: OptionName) => optionSpec(command, name).kind === "boolean";
  const flags = parseArgs([...argv], {
    boolean: names.filter(isFlag),
    string: ["_", ...names.filter((name) => !isFlag(name))],
    negatable: names.filter(isFlag),
    collect: names.filter((name) => optionSpec(command, name).kind === "repeated"),
    alias: { h: "help" },
    unknown: (arg: string) => {
      if (arg.startsWith("-") && arg !== "-") {
        throw new UsageError(`${command}: unknown option ${quote(arg)}; see ${command} --help`);
      }
      return true;
    },
  });
  const given = (name: OptionName) => {
    const value: unknown = flags[name];
    if (Array.isArray(value) && value.length === 0) return undefined;
    if (!isFlag(name)) return value;
    return argv.some((a) =>
        a === `--${name}` || a === `--no-${name}` || a.startsWith(`--${name}=`)
      ) ||
        (name === "help" && flags.help)
      ? flags[name]
      : undefined;
  };
  const configPath = given("config") ?? env(environmentName("config"));
  const file = typeof configPath === "string" ? await readConfig(configPath, command) : {};
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const sources: [unknown, string][] = [
      [given(name), `--${name}`],
      [env(environmentName(name)), environmentName(name)],
      ...otherName(OPTIONS[name], env),
      [file[name], `${configPath}: ${name}`],
    ];
    const [value, source] = sources.find(([v]) => v !== undefined) ??
      [optionDefault(command, name), "default"];
    values[name] = value === undefined
      ? (isFlag(name) ? false : undefined)
      : convert(optionSpec(command, name), value, source);
  }
  const args = flags._.map(String);
  const positional = (COMMANDS[command] as CommandSpec).positional;
  if (args.length > 0 && positional === undefined) {
    throw new UsageError(
      `${command}: found ${quote(args[0])}, expected options only; see ${command} --help`,
    );
  }
  return { options: values as CommandOptions<C>, args };
}

/** The value that another program's variable gives. */
function otherName(spec: OptionSpec, env: Surroundings["env"]): [unknown, string][] {
  return spec.env === undefined ? [] : [[env(spec.env), spec.env]];
}

function convert(spec: OptionSpec, value: unknown, source: string): unknown {
  const wrong = (expected: string) =>
    new UsageError(
      `${source}: found ${spec.secret ? "something else" : quote(value)}, expected ${expected}`,
    );
  switch (spec.kind) {
    case "boolean": {
      if (typeof value === "boolean") return value;
      if (value === "true" || value === "1") return true;
      if (value === "false" || value === "0" || value === "") return false;
      throw wrong("true or false");
    }
    case "number":
    case "integer": {
      const number = numberIn(spec, value);
      if (number === undefined) throw wrong(expectedNumber(spec));
      return number;
    }
    case "list":
    case "repeated": {
      const parts = Array.isArray(value)
        ? value.map(String)
        : String(value).split(spec.kind === "list" ? "," : "\n");
      const named = parts.map((part) => part.trim()).filter((part) => part !== "");
      if (named.length === 0) throw wrong(spec.value ?? "a text");
      return named;
    }
    case "url": {
      const url = URL.parse(String(value));
      if (url === null || !(spec.schemes ?? []).includes(url.protocol.slice(0, -1))) {
        throw wrong(`a URL that begins with ${spec.schemes?.join(":// or ")}://`);
      }
      return String(value);
    }
    default: {
      if (typeof value !== "string" || value === "") throw wrong(spec.value ?? "a text");
      if (spec.choices && !spec.choices.includes(value)) {
        throw wrong(`one of ${spec.choices.join(", ")}`);
      }
      return value;
    }
  }
}

/** A number within the option's range; undefined for anything else. */
function numberIn({ kind, min = -Infinity, max = Infinity }: OptionSpec, value: unknown) {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  const fits = typeof number === "number" && number >= min && number <= max &&
    (kind === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number));
  return fits ? number : undefined;
}

function expectedNumber({ kind, min, max }: OptionSpec): string {
  const what = kind === "integer" ? "a whole number" : "a number";
  if (min === undefined) return what;
  return max === undefined ? `${what}, ${min} or more` : `${what} from ${min} to ${max}`;
}

/** Top-level members hold for every command, those of a `[command]` table for that one. */
async function readConfig(path: string, command: CommandName): Promise<Record<string, unknown>> {
  const { value, lineOf } = await readToml(path);
  const wrong = (place: string[], found: unknown, expected: string) =>
    new InputError({ file: path, line: lineOf(place), field: place.join("."), found, expected });
  const merged: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (Object.hasOwn(COMMANDS, key)) continue;
    if (!Object.hasOwn(OPTIONS, key)) throw wrong([key], member, "a known option");
    merged[key] = member;
  }
  const section = value[command] ?? {};
  if (typeof section !== "object") throw wrong([command], section, `a table [${command}]`);
  const known: readonly string[] = optionNames(command);
  for (const [key, member] of Object.entries(section)) {
    if (!known.includes(key)) throw wrong([command, key], member, `an option of ${command}`);
    merged[key] = member;
  }
  return merged;
}
