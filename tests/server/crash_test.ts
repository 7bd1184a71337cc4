import assert from "node:assert/strict";
import { listFiles, openCsv, seededRng } from "../../lib/core/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { channelBody } from "./server_fixture.ts";

const CHILD = new URL("./crash_child.ts", import.meta.url).pathname;
const KILLS = 6;

async function start(folder: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", CHILD, folder],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return { child, url: `http://127.0.0.1:${Number(value)}/api/update` };
}

/** Posts runs of named events, four senders at once, until the server is gone. */
async function load(url: string, prefix: string, acknowledged: Set<string>): Promise<void> {
  const send = async (sender: number) => {
    for (let i = 0;; i++) {
      const names = Array.from({ length: 1 + i % 7 }, (_, k) => `${prefix}-${sender}-${i}-${k}`);
      const body = names.map((event_id, k) => ({ ...channelBody(`c${k}`, i / 1000), event_id }));
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        assert.equal((await response.json()).accepted, names.length);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        return;
      }
      for (const name of names) acknowledged.add(name);
    }
  };
  await Promise.all([0, 1, 2, 3].map(send));
}

Deno.test(`kill -9 under load, ${KILLS} times: nothing acknowledged is lost`, async () => {
  const folder = await Deno.makeTempDir();
  const rng = seededRng(9);
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, url } = await start(folder);
    const loading = load(url, `k${kill}`, acknowledged);
    await new Promise((resolve) => setTimeout(resolve, 100 + rng.int(400)));
    child.kill("SIGKILL");
    await loading;
    await child.status;
  }
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
  assert.ok(acknowledged.size > 100, `${acknowledged.size} acknowledged`);
  for (const name of acknowledged) assert.ok(stored.has(name), `${name} was acknowledged`);
  await store.close();
  for (const name of await listFiles(`${folder}/raw`, /\.csv$/)) {
    for await (const _ of (await openCsv(`${folder}/raw/${name}`)).records);
  }
  await Deno.remove(folder, { recursive: true });
});
