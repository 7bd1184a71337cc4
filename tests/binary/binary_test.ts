/**
 * The compiled binary, from an empty folder. Run by `deno task test:binary`; LIGHTNING_LENS_BINARY
 * names one that was built already.
 */
import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Fetches a Deno and a runtime where Deno's own download host is out of reach. */
const RUNTIME_TOOL = join(ROOT, "../shared/tools/deno-compile-runtime");

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function execute(command: string, args: string[], options: Deno.CommandOptions = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Environment in which `deno task compile` finds a runtime; empty where Deno downloads its own. */
async function compileEnvironment(folder: string): Promise<Record<string, string>> {
  if (!await exists(RUNTIME_TOOL)) return {};
  const { code, out, err } = await execute("python3", [RUNTIME_TOOL, folder]);
  assert.equal(code, 0, err);
  const [deno, denort] = out.trim().split("\n");
  return { LIGHTNING_LENS_COMPILER: deno, DENORT_BIN: denort };
}

async function build(folder: string): Promise<string> {
  const given = Deno.env.get("LIGHTNING_LENS_BINARY");
  if (given !== undefined) return given;
  const path = join(folder, "lightning-lens");
  const env = await compileEnvironment(join(folder, "runtime"));
  const { code, out, err } = await execute(Deno.execPath(), ["task", "compile", path], {
    cwd: ROOT,
    env,
  });
  assert.equal(code, 0, err);
  console.log(out);
  return path;
}

Deno.test("the binary runs every kind of command from an empty folder", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    const binary = await build(folder);
    const cwd = join(folder, "empty");
    await Deno.mkdir(cwd);
    const run = async (...args: string[]) => {
      // An environment of its own, with nothing of this machine but the path to programs.
      const env = { PATH: "/usr/bin:/bin" };
      const result = await execute(binary, args, { cwd, clearEnv: true, env });
      assert.equal(result.code, 0, `${args.join(" ")}: ${result.err}`);
      return result.out;
    };
    const step = (name: string, work: () => Promise<void>) => t.step(name, work);

    await step("--help", async () => {
      assert.match(await run("--help"), /Commands:\n +demo/);
      assert.match(await run("analyze", "--help"), /--model FILE/);
    });
    await step("generate, features, train:initial", async () => {
      await run("generate", "--nodes", "150", "--operators", "5", "--days", "8");
      await run("features");
      assert.match(await run("train:initial"), /champion/);
      assert.match(await run("models", "list"), /model_initial_/);
    });
    await step("analyze draws its pictures", async () => {
      await run("analyze");
      for (
        const name of [
          "balance_distribution",
          "optimal_vs_current",
          "rebalance_recommendations",
          "feature_importance",
        ]
      ) {
        const { size } = await Deno.stat(join(cwd, "visualizations", `${name}.png`));
        assert.ok(size > 10_000, `${name}: ${size} bytes`);
      }
    });
    await step("demo: workers, WebSocket, HTTP and SQLite", async () => {
      const out = await run(
        ...["demo", "--json", "--nodes=150", "--operators=4", "--days=3"],
        ...["--payments-per-day=1500", "--port=0", "--ws-port=0", "--minutes=5"],
      );
      assert.equal(JSON.parse(out).cutShort, false);
    });
    await step("uplift and experiment: jobs in workers", async () => {
      const small = ["--nodes=80", "--operators=3", "--payments-per-day=300", "--seeds=2"];
      await run("uplift", ...small, "--policies=none,evd50", "--json=uplift.json");
      assert.ok(JSON.parse(await Deno.readTextFile(join(cwd, "uplift.json"))).length > 0);
      const out = await run("experiment", ...small, "--days=1", "--arm=base", "--arm=router=cln");
      assert.match(out, /router=cln/);
    });
    await step("serve shows the dashboard", async () => {
      const child = new Deno.Command(binary, {
        args: ["serve", "--port=0", "--minutes=1"],
        cwd,
        stdout: "piped",
        stderr: "null",
      }).spawn();
      try {
        const reader = child.stdout.getReader();
        const { value } = await reader.read();
        const url = /http:\/\/[\d.:]+/.exec(new TextDecoder().decode(value))?.[0];
        assert.ok(url, "the address is printed");
        const page = await (await fetch(url)).text();
        assert.match(page, /<script[^>]+app\.js/);
        assert.equal((await fetch(`${url}/app.js`).then((r) => r.text())).length > 1000, true);
        await reader.cancel();
      } finally {
        child.kill("SIGTERM");
        await child.status;
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
