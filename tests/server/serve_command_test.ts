import assert from "node:assert/strict";
import { EXIT } from "../../lib/core/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { channelBody } from "./server_fixture.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Starts `serve` in a folder of its own and waits for the line with its address. */
function serve(cwd: string, ...args: string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", MAIN, "serve", ...args],
    cwd,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let out = "", err = "";
  const collect = async (stream: ReadableStream<Uint8Array>, add: (text: string) => void) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream() as never)) {
      add(String(text));
    }
  };
  const done = Promise.all([
    collect(child.stdout, (text) => out += text),
    collect(child.stderr, (text) => err += text),
  ]);
  const result = child.status.then(async ({ code }) => {
    await done;
    return { code, out, err };
  });
  const url = async () => {
    for (let i = 0; i < 600; i++) {
      const found = /Dashboard: (\S+)/.exec(out)?.[1];
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`no address: ${out} ${err}`);
  };
  return { child, url, result };
}

Deno.test("serve stores, drains on SIGTERM and recovers; a second server and a port in use end with 5 and 4", async () => {
  const cwd = await Deno.makeTempDir();
  const first = serve(cwd, "--port", "0");
  const url = await first.url();
  const post = await fetch(`${url}/api/update`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([channelBody("a"), channelBody("b", 1)]),
  });
  assert.equal((await post.json()).accepted, 2);
  const live = await fetch(`${url}/api/events`);
  const second = serve(cwd, "--port", "0");
  const third = serve(cwd, "--port", new URL(url).port, "--data-dir", "other");
  const [locked, taken] = await Promise.all([second.result, third.result]);
  assert.equal(locked.code, EXIT.refused, locked.err);
  assert.match(locked.err, /the data folder data is in use by another server \(process \d+\)/);
  assert.equal(taken.code, EXIT.unreachable, taken.err);
  assert.match(taken.err, /port \d+ of 127\.0\.0\.1 is in use by another program/);
  first.child.kill("SIGTERM");
  assert.match(await live.text(), /^event: snapshot/);
  const { code, out } = await first.result;
  assert.equal(code, EXIT.done, out);
  assert.match(
    await Deno.readTextFile(`${cwd}/lightning_lens_http.log`),
    /serving baseline at http/,
  );
  const exported = [...Deno.readDirSync(`${cwd}/data/raw`)].map(({ name }) => name);
  assert.ok(exported.some((name) => name.startsWith("channels_")), exported.join());
  const again = serve(cwd, "--port", "0", "--minutes", "0.01");
  assert.match((await again.result).out, /Recovered 2 events/);
  const store = SqliteStore.open(`${cwd}/data`);
  assert.equal(store.lastSeq, 2);
  await store.close();
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("serve refuses a model that is none with exit code 3 and names the file", async () => {
  const cwd = await Deno.makeTempDir();
  await Deno.writeTextFile(`${cwd}/model.json`, '{"format":"something else"}');
  const { code, err } = await (serve(cwd, "--port", "0", "--model", "model.json")).result;
  assert.equal(code, EXIT.input);
  assert.match(err, /^error: model\.json: format: found "something else"/m);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("serve asks for the token as soon as others can reach it", async () => {
  const cwd = await Deno.makeTempDir();
  const { child, url, result } = serve(cwd, "--port", "0", "--host", "0.0.0.0");
  const address = (await url()).replace("0.0.0.0", "127.0.0.1");
  assert.equal((await fetch(`${address}/api/channels`)).status, 401);
  const token = (await Deno.readTextFile(`${cwd}/data/token`)).trim();
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${address}/api/channels`, { headers });
  assert.equal((await answer.json()).total, 0);
  child.kill("SIGINT");
  const { out, err } = await result;
  assert.match(out, /the token in data\/token/);
  assert.ok(!(out + err).includes(token), "the token is not shown");
  await Deno.remove(cwd, { recursive: true });
});
