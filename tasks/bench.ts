/**
 * Runs benchmarks and prints a table; `--help` tells how to call it. Each lies in
 * `tests/bench/NAME_bench.ts` and says on standard error which peers it skips.
 */
import { parseArgs } from "@std/cli/parse-args";
import type { Bench, BenchRow } from "../tests/bench/bench_row.ts";

const NAMES = ["gbt", "simulation", "planning", "ingest", "server", "crash", "nodes", "dashboard"];

const USAGE = `deno task bench [${NAMES.join("|")} ...] [--quick] [--json FILE] [--peer DIR]

  --quick      less of everything: to see that it runs, not to be quoted
  --json FILE  the rows as JSON too
  --peer DIR   a built CLoTH with its graph, for simulation`;

interface Arguments {
  _: unknown[];
  json?: string;
  peer?: string;
  quick: boolean;
  help: boolean;
}
const args: Arguments = parseArgs(Deno.args, {
  string: ["json", "peer"],
  boolean: ["quick", "help"],
  alias: { h: "help" },
  unknown: (option: string) => {
    if (!option.startsWith("-")) return;
    console.error(`bench: found ${option}\n\n${USAGE}`);
    Deno.exit(2);
  },
});
if (args.help) {
  console.log(USAGE);
  Deno.exit(0);
}
const wanted: string[] = args._.map(String);
const unknown = wanted.find((name) => !NAMES.includes(name));
if (unknown !== undefined) {
  console.error(`bench: found ${unknown}, expected one of ${NAMES.join(", ")}`);
  Deno.exit(2);
}

const rows: BenchRow[] = [];
const show = (value: number | undefined) => value === undefined ? "" : value.toPrecision(4);
const line = (cells: string[], widths = [38, 23, 10, 7, 13, 10, 7, 5]) =>
  console.log(cells.map((cell, i) => cell.padEnd(widths[i])).join(" ").trimEnd());

line(["case", "metric", "value", "unit", "peer", "peer's", "ratio", "runs"]);
for (const name of wanted.length ? wanted : NAMES) {
  const { run }: { run: Bench } = await import(`../tests/bench/${name}_bench.ts`);
  await run((row) => {
    rows.push(row);
    const { peer = "", unit, metric } = row;
    const ratio = row.ratio === undefined ? "" : row.ratio.toFixed(2);
    const cells = [row.case, metric, show(row.value), unit, peer, show(row.peer_value), ratio];
    line([...cells, String(row.runs)]);
  }, { quick: args.quick, peer: args.peer });
}
if (args.json) await Deno.writeTextFile(args.json, JSON.stringify(rows, null, 2) + "\n");
