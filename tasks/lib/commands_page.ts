import { optionDefault, optionNames } from "../../lib/cli/parse.ts";
import {
  type CommandName,
  COMMANDS,
  type CommandSpec,
  COMMON_OPTIONS,
  environmentName,
  type OptionName,
  optionSpec,
} from "../../lib/protocol/mod.ts";

/** The page on all commands and options, in Markdown. */
export function commandsPage(): string {
  const names = Object.keys(COMMANDS) as CommandName[];
  const common = COMMON_OPTIONS as readonly OptionName[];
  return [
    "<!-- Written by `deno task docs` from lib/protocol/options.ts and commands.ts; change those instead. -->",
    "",
    "# Commands",
    "",
    "`deno task NAME ...`, or `lightning-lens NAME ...` with the binary. Flags beat environment",
    "variables, these beat the file that `--config` names (TOML; members at the top hold for every",
    "command, those of a `[NAME]` table for one), and that beats defaults. Exit codes: 0 done,",
    "1 failed, 2 wrong usage, 3 bad input data, 4 a peer can't be reached, 5 refused for safety.",
    "",
    "Every command takes:",
    "",
    ...table(names[0], common),
    ...names.flatMap((name) => commandSection(name, common)),
  ].join("\n");
}

function commandSection(name: CommandName, common: readonly OptionName[]): string[] {
  const spec: CommandSpec = COMMANDS[name];
  const own = optionNames(name).filter((option) => !common.includes(option));
  return [
    `## ${name}`,
    "",
    `${spec.summary[0].toUpperCase()}${spec.summary.slice(1)}.`,
    "",
    ...(spec.positional
      ? [`Argument: \`${spec.positional.name}\` (${spec.positional.help}).`, ""]
      : []),
    ...table(name, own),
    ...spec.examples.flatMap((example) => [`    deno task ${example}`]),
    "",
  ];
}

function table(command: CommandName, options: readonly OptionName[]): string[] {
  const rows = options.map((name) => {
    const spec = optionSpec(command, name);
    const fallback = optionDefault(command, name);
    const flag = `\`--${name}${spec.kind === "boolean" ? "" : ` ${spec.value ?? "TEXT"}`}\``;
    const help = spec.choices ? `${spec.help}: ${spec.choices.join(", ")}` : spec.help;
    const shown = fallback === undefined || fallback === false ? "" : `\`${fallback}\``;
    const variables = [environmentName(name), ...(spec.env ? [spec.env] : [])];
    const environment = variables.map((variable) => `\`${variable}\``).join(", ");
    return `| ${flag} | ${help} | ${shown} | ${environment} |`;
  });
  return ["| option | what | default | environment |", "| --- | --- | --- | --- |", ...rows, ""];
}
