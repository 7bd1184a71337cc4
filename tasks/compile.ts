/**
 * Builds the single binary `lightning-lens`.
 *
 *     deno task compile [OUTPUT]
 *
 * A staging folder holds just what the program needs at run time: a node_modules folder beside or
 * above the sources would be taken in whole. `LIGHTNING_LENS_COMPILER` names another Deno to
 * compile with; `DENORT_BIN`, read by Deno itself, another runtime.
 */
import { copy, pruneNodeModules, reportSize, RUNTIME_IMPORTS } from "./lib/staging.ts";

const output = Deno.args[0] ?? "lightning-lens";
const compiler = Deno.env.get("LIGHTNING_LENS_COMPILER") ?? Deno.execPath();
const stage = await Deno.makeTempDir({ prefix: "lightning-lens-" });

async function run(command: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(command, {
    args,
    cwd: stage,
    env: { RUST_MIN_STACK: "268435456" },
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${command} ${args[0]} failed`);
}

try {
  const config = JSON.parse(await Deno.readTextFile("deno.json"));
  const imports = Object.entries(config.imports).filter(([name]) => RUNTIME_IMPORTS.has(name));
  const staged = { ...config, imports: Object.fromEntries(imports), tasks: {}, lint: {}, fmt: {} };
  // The staging folder's node_modules must not be excluded from what is compiled in.
  delete staged.exclude;
  await Deno.writeTextFile(`${stage}/deno.json`, JSON.stringify(staged));
  for (const name of ["package.json", "deno.lock", "main.ts", "lib"]) {
    await copy(name, `${stage}/${name}`);
  }
  // The page is served as it was built: its sources and what they import are not needed.
  await Deno.remove(`${stage}/lib/dashboard/app`, { recursive: true });
  await run(Deno.execPath(), ["install", "--quiet"]);
  await pruneNodeModules(`${stage}/node_modules`);
  await run(compiler, [
    "compile",
    "--quiet",
    "--no-check",
    "--node-modules-dir=manual",
    // As the tasks have it: less garbage waits, for a few percent of time.
    "--v8-flags=--heap-growing-percent=60",
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-env",
    "--allow-sys",
    "--allow-ffi",
    "--allow-run=xdg-open,open",
    "--include=lib",
    `--output=${stage}/lightning-lens`,
    "main.ts",
  ]);
  await Deno.copyFile(`${stage}/lightning-lens`, output);
  await Deno.chmod(output, 0o755);
  await reportSize(stage, output);
} finally {
  await Deno.remove(stage, { recursive: true });
}
