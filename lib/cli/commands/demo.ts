import { DAY_MS, formatDuration, MINUTE_MS, RecentLog, setUpLogging } from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { type DemoRecipe, demoSimulation } from "../demo/recipe.ts";
import { demoResult, type DemoState, finalTable, statusLine, verdict } from "../demo/report.ts";
import { runDemo } from "../demo/run_demo.ts";
import { demoFolder, Stage } from "../demo/stage.ts";
import { Twin } from "../demo/twin.ts";

/** `demo`: the whole loop, beside a twin without suggestions. */
export async function run(
  options: CommandOptions<"demo">,
  { print, signal }: CommandContext,
): Promise<void> {
  const folder = demoFolder(options["data-dir"]);
  const log = new RecentLog();
  await setUpLogging({ verbose: options.verbose, quiet: !options.verbose, recent: log });
  const say = options.json ? () => {} : print;
  const recipe: DemoRecipe = {
    graph: options.graph,
    nodes: options.nodes,
    operators: options.operators,
    seed: options.seed,
    paymentsPerDay: options["payments-per-day"],
  };
  const realMs = (options.minutes ?? 2) * MINUTE_MS;
  const twin = new Twin();
  let stage: Stage | undefined;
  try {
    say(`Building the network and its twin ...`);
    const [simulation] = await Promise.all([demoSimulation(recipe), twin.open(recipe)]);
    const { network, operators } = simulation;
    say(
      `${network.nodeCount} nodes, ${network.channelCount} channels, ${operators.length} operators`,
    );
    stage = await Stage.open({
      simulation,
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
      // Machines don't watch.
      paced: !options.json,
      minConfidence: options.apply,
      onState: liveLine(say),
      signal,
    });
    const { suggestions } = simulation.statistics();
    const days = options.days;
    const result = demoResult(lens, other, { ...rest, days, seed: options.seed, suggestions });
    if (options.json) return print(JSON.stringify(result, null, 2));
    say("");
    for (const line of finalTable(lens, other)) say(line);
    const { applied, failed, refused } = suggestions;
    say("");
    say(
      `Suggestions: ${applied} applied, ${failed} failed, ${refused} refused. ${verdict(result)}`,
    );
    if (result.cutShort) {
      say(
        `The time was up (${
          formatDuration(realMs)
        }) before ${days} virtual days were; give it more --minutes.`,
      );
    }
    say(`Data of this run: ${folder}`);
  } finally {
    twin.close();
    await stage?.close();
  }
}

/** On a terminal one line that moves; else a line for every virtual day. */
function liveLine(say: (line: string) => void): (state: DemoState) => void {
  if (Deno.stdout.isTerminal()) {
    return (state) => {
      const { columns } = Deno.consoleSize();
      const line = statusLine(state).slice(0, columns - 1);
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
