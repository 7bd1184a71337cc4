import { type Bench, median } from "./bench_row.ts";
import { printedBy } from "./own_process.ts";
import { taskFlags } from "./task_flags.ts";

interface Part {
  seconds: number;
  megabytes: number;
  items: number;
}

const CASES = [
  { name: "sync of 1,000,000 forwards", what: "history", args: [1_000_000, 0, 0], quick: 100_000 },
  { name: "and into recommend's lens", what: "recommend", args: [1_000_000, 0, 0], quick: 100_000 },
  { name: "and into a server's lens", what: "serve", args: [1_000_000, 0, 0], quick: 100_000 },
  { name: "graph of 40 MB of JSON", what: "graph", args: [0, 13_000, 32_000], quick: 0 },
] as const;

/** Reading from a node: the whole history, and the whole graph. Time and peak of memory (RSS). */
export const run: Bench = async (report, { quick }) => {
  for (const { name, what, args, quick: fewer } of CASES) {
    const sizes = quick && fewer > 0 ? [fewer, ...args.slice(1)] : args;
    const server = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tests/bench/nodes_fake_lnd.ts", ...sizes.map(String)],
      stdout: "piped",
    }).spawn();
    try {
      const reader = server.stdout.getReader();
      const port = new TextDecoder().decode((await reader.read()).value).trim();
      const parts: Part[] = [];
      for (let i = 0; i < (quick ? 1 : 3); i++) parts.push(await measure(what, port));
      await reader.cancel();
      const row = (metric: "seconds" | "megabytes", unit: string) => {
        const values = parts.map((part) => part[metric]);
        const [min, max] = [Math.min(...values), Math.max(...values)];
        const value = median(values);
        report({ bench: "nodes", case: name, metric, value, unit, runs: parts.length, min, max });
      };
      row("seconds", "s");
      row("megabytes", "MB");
    } finally {
      server.kill();
      await server.status;
    }
  }
};

async function measure(what: string, port: string): Promise<Part> {
  // As the task of that name runs it, where there is one.
  return JSON.parse(await printedBy("./nodes_bench_part.ts", [what, port], taskFlags(what)));
}
