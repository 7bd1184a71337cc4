import {
  DAY_MS,
  formatDuration,
  MINUTE_MS,
  RecentLog,
  setUpLogging,
  wrapCells,
} from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { demoResult, type DemoState, finalTable, statusLine, verdict } from "../demo/report.ts";
import { runDemo } from "../demo/run_demo.ts";
import { demoFolder, Stage } from "../demo/stage.ts";
import { openSimulation, type SimulationRecipe } from "../simulation_setup.ts";
import { outputColumns } from "../terminal.ts";
import { Twin } from "../twin/twin.ts";

/** When virtual time begins, whatever today is: the same seed gives the same run. */
const START_MS = Date.UTC(2024, 8, 22);
/** No machine reaches it. */
const AS_FAST_AS_IT_GOES = 1e12;

/** `demo`: the whole loop, beside a twin without suggestions. */
export async function run(
  options: CommandOptions<"demo">,
  { print, signal }: CommandContext,
): Promise<void> {
  const folder = demoFolder(options["data-dir"]);
  const log = new RecentLog();
  await setUpLogging({ verbose: options.verbose, quiet: !options.verbose, recent: log });
  const say = options.json ? () => {} : print;
  const recipe = recipeOf(options);
  const realMs = (options.minutes ?? 2) * MINUTE_MS;
  // Spread over the time given, so that one can watch; machines don't.
  const pace = { speed: options.json ? AS_FAST_AS_IT_GOES : options.days * DAY_MS / realMs };
  const twin = new Twin();
  let stage: Stage | undefined;
  try {
    say(`Building the network and its twin ...`);
    const [simulation] = await Promise.all([openSimulation(recipe, say), twin.open(recipe)]);
    const { network, operators } = simulation;
    say(
      `${network.nodeCount} nodes, ${network.channelCount} channels, ${operators.length} operators`,
    );
    stage = await Stage.open({
      simulation,
      twin,
      pace,
      folder,
      port: options.port,
      wsPort: options["ws-port"],
      minConfidence: options.apply,
      seed: options.seed,
      log,
    });
    say(`Dashboard: ${stage.url}`);
    if (options.open) openBrowser(stage.url);
    const { lens, twin: other, ...rest } = await runDemo({
      simulation,
      twin,
      stage,
      days: options.days,
      realMs,
      pace,
      minConfidence: options.apply,
      onState: liveLine(say),
      signal,
    });
    const { suggestions } = simulation.statistics();
    const { days, seed } = options;
    const result = demoResult(lens, other, { ...rest, days, seed, suggestions });
    if (options.json) return print(JSON.stringify(result, null, 2));
    const cells = outputColumns();
    const words = wrapCells(verdict(result), cells);
    for (const line of ["", ...finalTable(lens, other, cells), "", ...words]) say(line);
    if (result.cutShort) {
      const time = formatDuration(realMs);
      say(`The time was up (${time}) before ${days} virtual days were; give it more --minutes.`);
    }
    say(`Data of this run: ${folder}`);
  } finally {
    twin.close();
    await stage?.close();
  }
}

/** The world of a demo, and of its twin. */
function recipeOf(options: CommandOptions<"demo">): SimulationRecipe {
  return {
    options: {
      ...options,
      "skip-invalid": false,
      payments: undefined,
      elastic: false,
      drift: false,
      balances: "fees",
    },
    run: { startMs: START_MS, name: `seed-${options.seed}` },
  };
}

/** On a terminal one line that moves; else a line for every virtual day. */
function liveLine(say: (line: string) => void): (state: DemoState) => void {
  if (Deno.stdout.isTerminal()) {
    return (state) => {
      const { columns } = Deno.consoleSize();
      const line = statusLine(state, columns - 1).slice(0, columns - 1);
      Deno.stdout.writeSync(new TextEncoder().encode(`\r\x1b[2K${line}`));
    };
  }
  return (state) => {
    if (state.timeMs % DAY_MS === 0) say(statusLine(state));
  };
}

function openBrowser(url: string): void {
  const command = Deno.build.os === "darwin" ? "open" : "xdg-open";
  try {
    new Deno.Command(command, { args: [url], stdout: "null", stderr: "null" }).spawn().unref();
  } catch {
    // No browser to open: the address was printed.
  }
}
