import {
  type CommandName,
  COMMANDS,
  type CommandSpec,
  environmentName,
  optionSpec,
} from "../protocol/mod.ts";
import { optionDefault, optionNames } from "./parse.ts";

/** Help of the whole program. */
export function programHelp(): string {
  const names = Object.keys(COMMANDS) as CommandName[];
  const width = Math.max(...names.map((name) => name.length));
  return [
    "LightningLens: what liquidity your Lightning channels will need, and which rebalances pay.",
    "",
    "Usage: lightning-lens COMMAND [OPTIONS]   (or: deno task COMMAND [OPTIONS])",
    "",
    "Commands:",
    ...names.map((name) => `  ${name.padEnd(width)}  ${COMMANDS[name].summary}`),
    "",
    "COMMAND --help tells more. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input data,",
    "4 a peer can't be reached, 5 refused for safety.",
  ].join("\n");
}

/** Help of one command: usage, options with defaults, examples. */
export function commandHelp(command: CommandName): string {
  const spec: CommandSpec = COMMANDS[command];
  const positional = spec.positional ? ` [${spec.positional.name}]` : "";
  const rows = optionNames(command).map((name) => {
    const option = optionSpec(command, name);
    const left = `  --${name}${option.kind === "boolean" ? "" : ` ${option.value ?? "TEXT"}`}`;
    const fallback = optionDefault(command, name);
    const notes = [
      option.choices?.join("|"),
      fallback === undefined || fallback === false ? undefined : `default ${fallback}`,
    ].filter((note) => note !== undefined).join("; ");
    return [left, option.help + (notes === "" ? "" : ` (${notes})`)] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    `lightning-lens ${command}: ${spec.summary}`,
    "",
    `Usage: lightning-lens ${command}${positional} [OPTIONS]   (or: deno task ${command} ...)`,
    "",
    "Options:",
    ...rows.map(([left, help]) => `${left.padEnd(width)}${help}`),
    "",
    `Every option can be set by an environment variable, such as ${environmentName("data-dir")},`,
    "or in the file that --config names. Flags beat the environment, that beats the file.",
    "",
    "Examples:",
    ...spec.examples.map((example) => `  deno task ${example}`),
  ].join("\n");
}
