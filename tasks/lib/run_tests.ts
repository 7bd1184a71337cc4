/** How many tests passed and failed. */
export interface Counts {
  passed: number;
  failed: number;
}

/** Gives properties a fixed seed. */
const SEED = "tests/support/fixed_seed.ts";

/**
 * Runs `deno test` on paths, passing its output through, and counts tests by its own summary. A
 * run that ends without a summary, or badly with no failed test, counts as one failure.
 */
export async function runTests(
  paths: readonly string[],
  ignore: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Counts> {
  const args = ["test", "--allow-all", "--no-check", `--preload=${SEED}`, ...paths];
  if (ignore.length > 0) args.push(`--ignore=${ignore.join(",")}`);
  const child = new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let tail = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    await Deno.stdout.write(chunk);
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-2000);
  }
  const { success } = await child.status;
  const summary = /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/.exec(tail);
  const passed = Number(summary?.[1] ?? 0), failed = Number(summary?.[2] ?? 0);
  return { passed, failed: !success && failed === 0 ? 1 : failed };
}
