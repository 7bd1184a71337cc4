import assert from "node:assert/strict";
import { listFiles, openCsv, seededRng } from "../../lib/core/mod.ts";
import { ModelRegistry, trainForecastModel } from "../../lib/learning/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { plantedTable } from "./planted_table.ts";
import { channelBody } from "./server_fixture.ts";

const CHILD = new URL("./crash_child.ts", import.meta.url).pathname;

/** A server to be killed. */
export interface CrashChild {
  child: Deno.ChildProcess;
  /** Of `POST /api/update`. */
  url: string;
}

/** Starts `crash_child.ts` on a folder, behind the words of `before` where there are any. */
export async function startChild(folder: string, before: string[] = []): Promise<CrashChild> {
  const [command, ...args] = [
    ...before,
    Deno.execPath(),
    "run",
    "--allow-all",
    "--no-check",
    CHILD,
    folder,
  ];
  const child = new Deno.Command(command, { args, stdout: "piped", stderr: "null" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  assert.ok(value !== undefined, "the server started");
  return { child, url: `http://127.0.0.1:${Number(value)}/api/update` };
}

/** Posts runs of named events, four senders at once, until one is not taken or the server is gone. */
export async function load(
  url: string,
  prefix: string,
  acknowledged: Set<string>,
): Promise<number[]> {
  const send = async (sender: number): Promise<number> => {
    for (let i = 0;; i++) {
      const names = Array.from({ length: 1 + i % 7 }, (_, k) => `${prefix}-${sender}-${i}-${k}`);
      const body = names.map((event_id, k) => ({ ...channelBody(`c${k}`, i / 1000), event_id }));
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }).catch(() => undefined);
      // The status may arrive and the body not: what was not read to its end is not acknowledged.
      const answer = await response?.json().catch(() => undefined);
      if (response === undefined || answer === undefined) return 0;
      if (response.status !== 200) return response.status;
      assert.equal(answer.accepted, names.length);
      for (const name of names) acknowledged.add(name);
    }
  };
  return await Promise.all([0, 1, 2, 3].map(send));
}

/** Every acknowledged event is in the journal, once, and the journal has no gap. */
export async function checkJournal(folder: string, acknowledged: Set<string>): Promise<void> {
  const store = SqliteStore.open(folder);
  const stored = new Set<string>();
  let seq = 0;
  for await (const { firstSeq, events } of store.replay(0)) {
    assert.equal(firstSeq, seq + 1, "no gap in the journal");
    seq += events.length;
    for (const { eventId } of events) {
      assert.ok(!stored.has(eventId!), "stored once");
      stored.add(eventId!);
    }
  }
  await store.close();
  for (const name of acknowledged) assert.ok(stored.has(name), `${name} was acknowledged`);
}

/** Every model file can be used, and one of them is the champion. */
async function checkModels(folder: string): Promise<void> {
  const models = await new ModelRegistry(folder).list();
  for (const { id, fault } of models) assert.equal(fault, undefined, id);
  assert.equal(models.filter(({ champion }) => champion).length, 1);
}

/**
 * Kills a server under load at random moments, with -9, and looks at all it kept: journal, models
 * and exports.
 *
 * @returns how many events were acknowledged, none of which was lost
 */
export async function crashTrial({ kills, seed }: { kills: number; seed: number }) {
  const folder = await Deno.makeTempDir();
  const registry = new ModelRegistry(folder);
  const table = plantedTable();
  const trained = trainForecastModel(table, {
    id: "model_20240101_000000",
    createdMs: 0,
    seed: 1,
    trees: 2,
    parent: null,
  });
  await registry.add(trained);
  await registry.promote(trained.model.id, { atMs: 0 });
  const rng = seededRng(seed);
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < kills; kill++) {
    const { child, url } = await startChild(folder);
    const loading = load(url, `k${kill}`, acknowledged);
    await new Promise((resolve) => setTimeout(resolve, 100 + rng.int(400)));
    child.kill("SIGKILL");
    await loading;
    await child.status;
    await checkModels(folder);
  }
  await checkJournal(folder, acknowledged);
  for (const name of await listFiles(`${folder}/raw`, /\.csv$/)) {
    for await (const _ of (await openCsv(`${folder}/raw/${name}`)).records);
  }
  await Deno.remove(folder, { recursive: true });
  return { acknowledged: acknowledged.size };
}
