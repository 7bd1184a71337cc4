/**
 * Floods a running server with requests made from its own OpenAPI document, right ones and wrong
 * ones, by schemathesis: no answer may be a 5xx or one that the document doesn't know, and the
 * server must live on without an error in its log.
 *
 *     deno task test:schemathesis
 *
 * Installs schemathesis into a folder of its own below the user's cache where it is not there.
 */
import { join } from "node:path";

const VERSION = "4.32.5";
/**
 * One check is left out: that all data are accepted which the document allows. JSON Schema can't
 * say that both balances lie within the capacity, or that the 30th of February is no day.
 */
const LEFT_OUT = "positive_data_acceptance";
/** Streams have no end; a WebSocket is no request. */
const NOT_FOR_REQUESTS = "^/api/events$|^/ws$";
const SEED = 1;

async function run(command: string, args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(command, { args }).output().catch((error) => {
    throw new Error(`can't run ${command}: ${error.message}`);
  });
  return success;
}

/** Path of the program, installed when missing. */
async function schemathesis(): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? ".", ".cache");
  const folder = join(cache, "lightning-lens", `schemathesis-${VERSION}`);
  const program = join(folder, "bin", "schemathesis");
  const there = await Deno.stat(program).then(() => true, () => false);
  if (there && await run(program, ["--version"])) return program;
  const installed = await run("python3", ["-m", "venv", "--clear", folder]) &&
    await run(join(folder, "bin", "pip"), ["install", "-q", `schemathesis==${VERSION}`]);
  if (!installed) throw new Error(`can't install schemathesis ${VERSION} into ${folder}`);
  return program;
}

/** A server with two channels, and what it said until it ends. */
async function startServer(folder: string) {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", main, "serve", "--port", "0"],
    cwd: folder,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let out = "", url: string | undefined;
  while (url === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the server did not start: ${out}`);
    out += value;
    url = /Dashboard: (\S+)/.exec(out)?.[1];
  }
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const stop = async () => {
    child.kill("SIGTERM");
    await drained;
    return (await child.status).code;
  };
  return { url, stop };
}

async function main(): Promise<boolean> {
  const program = await schemathesis();
  const folder = await Deno.makeTempDir();
  try {
    const { url, stop } = await startServer(folder);
    const args = ["run", `${url}/openapi.json`, "--max-examples", "30", "--seed", String(SEED)];
    args.push("--exclude-checks", LEFT_OUT, "--exclude-path-regex", NOT_FOR_REQUESTS);
    const { success } = await new Deno.Command(program, { args, cwd: folder }).spawn().status;
    const health = await fetch(`${url}/health`).then((r) => r.status, () => 0);
    const code = await stop();
    const log = await Deno.readTextFile(join(folder, "lightning_lens_http.log"));
    const errors = log.split("\n").filter((line) => / error /.test(line));
    for (const line of errors) console.error(`in the log: ${line}`);
    if (health !== 200 || code !== 0) {
      console.error(`afterwards /health answered ${health}; the server ended with ${code}`);
    }
    return success && health === 200 && code === 0 && errors.length === 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const passed = await main();
console.log(`${passed ? 1 : 0} passed, ${passed ? 0 : 1} failed`);
Deno.exit(passed ? 0 : 1);
