/**
 * The system of the README, each command a process of its own, started as users start it: with the
 * permissions that its task gives it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A running `deno task`. */
class Task {
  #child: Deno.ChildProcess;
  #text = "";
  #done: Promise<unknown>;

  constructor(...args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["task", ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) this.#text += decoder.decode(chunk, { stream: true });
    };
    this.#done = Promise.all([read(this.#child.stdout), read(this.#child.stderr)]);
  }

  /** All that was printed so far. */
  get text(): string {
    return this.#text;
  }

  /** Waits until it has printed what matches. */
  async says(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    const end = performance.now() + timeoutMs;
    while (performance.now() < end) {
      const found = pattern.exec(this.#text);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return assert.fail(`${pattern} was not said in ${timeoutMs} ms:\n${this.#text}`);
  }

  /** Waits for its end. */
  async ends(): Promise<{ code: number; text: string }> {
    const { code } = await this.#child.status;
    await this.#done;
    return { code, text: this.#text };
  }

  /** Asks it to stop, and waits until it has. */
  async stop(): Promise<{ code: number; text: string }> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended already.
    }
    return await this.ends();
  }
}

async function done(...args: string[]): Promise<string> {
  const { code, text } = await new Task(...args).ends();
  assert.equal(code, 0, `${args.join(" ")}:\n${text}`);
  return text;
}

Deno.test("the system of the README, step by step", async (t) => {
  const folder = await Deno.makeTempDir();
  const data = `--data-dir=${folder}`;
  const world = ["--nodes=150", "--operators=5", "--payments-per-day=6000"];
  const tasks: Task[] = [];
  try {
    await t.step("generate, features, train:initial, analyze", async () => {
      await done("generate", data, ...world, "--days=8");
      await done("features", data);
      await done("train:initial", data);
      await done("analyze", data, `--visualizations-dir=${join(folder, "pictures")}`);
      const pictures = [...Deno.readDirSync(join(folder, "pictures"))].map((e) => e.name);
      assert.equal(pictures.filter((name) => name.endsWith(".png")).length, 4);
      assert.ok(pictures.includes("rebalance_report.md"));
    });
    const [model] = [...Deno.readDirSync(join(folder, "models"))].map((e) => e.name)
      .filter((name) => name.startsWith("model_initial_"));
    const modelPath = join(folder, "models", model);
    const live = join(folder, "live");

    await t.step("serve, simulate --post and client: suggestions flow back", async () => {
      const serve = new Task("serve", `--model=${modelPath}`, "--port=0", `--data-dir=${live}`);
      tasks.push(serve);
      const [url] = await serve.says(/http:\/\/127\.0\.0\.1:\d+/);
      const simulate = new Task(
        ...["simulate", ...world, `--post=${url}`, "--port=0", "--speed=4000", "--apply=0.3"],
      );
      tasks.push(simulate);
      const [uri] = await simulate.says(/ws:\/\/127\.0\.0\.1:\d+/);
      const client = new Task(
        ...["client", `--uri=${uri}`, `--model=${modelPath}`, "--verbose"],
        `--data-dir=${join(folder, "client")}`,
      );
      tasks.push(client);
      await client.says(/sent \d+ suggestions/, 120_000);
      // Suggestions stand for an hour of virtual time: from here on also where the machine is busy.
      const slower = await fetch(`${url}/api/simulation/control`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ speed: 100 }),
      });
      assert.equal(slower.status, 200, await slower.text());
      await client.says(/result of .*: applied/, 120_000);
      const read = async (path: string) => await (await fetch(`${url}${path}`)).json();
      assert.ok((await read("/api/channels")).total > 10);
      assert.ok((await read("/api/performance")).events > 100);
      await assertStops(simulate, /operator +channels/);
      await assertStops(client, /suggestions sent: [1-9]\d* applied/);
      await assertStops(serve, /Stopping/);
    });

    await t.step("what was served is exported, and cleaned up when told to", async () => {
      const raw = [...Deno.readDirSync(join(live, "raw"))].map((e) => e.name);
      assert.ok(raw.some((name) => name.startsWith("forwards_")), raw.join());
      const text = await done("cleanup", `--data-dir=${live}`, "--keep-days=0", "--dry-run");
      assert.match(text, /forwards|channels/);
    });
  } finally {
    for (const task of tasks) await task.stop();
    await Deno.remove(folder, { recursive: true });
  }
});

async function assertStops(task: Task, last: RegExp): Promise<void> {
  const { code, text } = await task.stop();
  assert.equal(code, 0, text);
  assert.match(text, last);
}
