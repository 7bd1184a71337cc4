import assert from "node:assert/strict";
import { InputError, UsageError } from "../../lib/core/mod.ts";
import { commandHelp, programHelp } from "../../lib/cli/help.ts";
import { optionNames, parseCommandLine } from "../../lib/cli/parse.ts";
import {
  type CommandName,
  COMMANDS,
  type CommandSpec,
  environmentName,
  OPTIONS,
  optionSpec,
} from "../../lib/protocol/mod.ts";

const NO_ENV = { env: () => undefined };
const commands = Object.keys(COMMANDS) as CommandName[];

Deno.test("parseCommandLine gives defaults, the command's own first", async () => {
  const { options } = await parseCommandLine("simulate", [], NO_ENV);
  assert.equal(options.port, 6789);
  assert.equal(options["data-dir"], "data");
  assert.equal(options.legacy, false);
  assert.equal(options.post, undefined);
});

Deno.test("parseCommandLine lets flags beat the environment and that the file", async () => {
  const config = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(config, "seed = 5\nspeed = 9\n[simulate]\nport = 7001\nspeed = 10\n");
    const env = (name: string) =>
      ({ LIGHTNING_LENS_PORT: "7002", LIGHTNING_LENS_LEGACY: "true" })[name];
    const read = async (...argv: string[]) =>
      (await parseCommandLine("simulate", ["--config", config, ...argv], { env })).options;
    const file = await read();
    assert.deepEqual([file.seed, file.speed, file.port, file.legacy], [5, 10, 7002, true]);
    const flags = await read("--port", "7003", "--no-legacy", "--speed=0");
    assert.deepEqual([flags.port, flags.legacy, flags.speed], [7003, false, 0]);
  } finally {
    await Deno.remove(config);
  }
});

Deno.test("parseCommandLine refuses what it does not know, naming it", async (t) => {
  const cases: [string, CommandName, string[], RegExp][] = [
    ["unknown option", "generate", ["--nodez", "5"], /unknown option "--nodez"/],
    [
      "no number",
      "generate",
      ["--nodes", "many"],
      /--nodes: found "many", expected a whole number/,
    ],
    ["fraction", "generate", ["--nodes", "10.5"], /expected a whole number from 10 to 100000/],
    ["below the range", "generate", ["--nodes", "3"], /expected a whole number from 10/],
    ["empty value", "generate", ["--seed", ""], /--seed: found "", expected a whole number/],
    ["no URL", "simulate", ["--post", "there"], /--post: found "there", expected a URL/],
    ["no choice", "cleanup", ["--type", "cats"], /expected one of transactions, features/],
    ["stray argument", "generate", ["please"], /found "please", expected options only/],
    [
      "confidence above 1",
      "simulate",
      ["--apply", "70"],
      /--apply: found "70", expected a number from 0 to 1/,
    ],
    ["spaces only", "serve", ["--port", " "], /--port: found " ", expected a whole number/],
    ["no end", "simulate", ["--speed", "Infinity"], /expected a number, 0 or more/],
    ["beyond exact whole numbers", "train", ["--seed", "9007199254740993"], /a whole number/],
    ["host and port only", "simulate", ["--post", "localhost:5001"], /begins with http:\/\//],
    ["another scheme", "client", ["--uri", "http://a:1"], /begins with ws:\/\/ or wss:\/\//],
    ["empty list", "uplift", ["--policies", ","], /--policies: found ",", expected NAMES/],
    ["nothing repeated", "experiment", ["--arm"], /--arm: found \[""\], expected ARM/],
  ];
  for (const [name, command, argv, message] of cases) {
    await t.step(name, async () => {
      await assert.rejects(parseCommandLine(command, argv, NO_ENV), (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

Deno.test("parseCommandLine leaves arguments as they were written, and trims lists", async () => {
  assert.deepEqual((await parseCommandLine("models", ["show", "007"], NO_ENV)).args, [
    "show",
    "007",
  ]);
  const { options } = await parseCommandLine("uplift", ["--policies", "evd50, ours"], NO_ENV);
  assert.deepEqual(options.policies, ["evd50", "ours"]);
});

Deno.test("parseCommandLine names file and line of a wrong config file", async () => {
  const config = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(config, "seed = 5\ncolour = 1\n");
    await assert.rejects(
      parseCommandLine("simulate", ["--config", config], NO_ENV),
      (error: Error) => error instanceof InputError && /:2: colour: found 1/.test(error.message),
    );
    await Deno.writeTextFile(config, "seed = = 5\n");
    await assert.rejects(parseCommandLine("simulate", ["--config", config], NO_ENV), InputError);
    const wrong: [string, RegExp][] = [
      ["seed = 1\n[simulate]\ntrees = 5\n", /:3: simulate.trees: .*expected an option of simulate/],
      ["\nsimulate = 5\n", /:2: simulate: found 5, expected a table \[simulate\]/],
      ["toString = 5\n", /:1: toString: found 5, expected a known option/],
      ["port = true\n", /: port: found true, expected a whole number/],
    ];
    for (const [text, message] of wrong) {
      await Deno.writeTextFile(config, text);
      await assert.rejects(parseCommandLine("simulate", ["--config", config], NO_ENV), { message });
    }
  } finally {
    await Deno.remove(config);
  }
});

Deno.test("parseCommandLine takes a file where a command writes what others print", async () => {
  const { options } = await parseCommandLine("uplift", ["--json", "rows.json"], NO_ENV);
  assert.equal(options.json, "rows.json");
  const other = await parseCommandLine("train", ["--json"], NO_ENV);
  assert.equal(other.options.json, true);
  assert.equal((await parseCommandLine("uplift", [], NO_ENV)).options.json, undefined);
  assert.match(commandHelp("uplift"), /--json FILE/);
});

Deno.test("help lists every command, every option and only examples that parse", async () => {
  for (const command of commands) {
    assert.ok(programHelp().includes(`  ${command} `));
    const help = commandHelp(command);
    for (const name of optionNames(command)) {
      assert.ok(help.includes(`--${name}`), `${command} --${name}`);
      assert.ok(help.includes(optionSpec(command, name).help));
    }
    for (const example of (COMMANDS[command] as CommandSpec).examples) {
      const [first, ...argv] = example.split(" ");
      assert.equal(first, command);
      await parseCommandLine(command, argv, NO_ENV);
    }
  }
});

Deno.test("every option is used by a command and has an environment variable of its own", () => {
  const used = new Set(commands.flatMap(optionNames));
  const names = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
  assert.deepEqual(names.filter((name) => !used.has(name)), []);
  assert.equal(new Set(names.map(environmentName)).size, names.length);
});
