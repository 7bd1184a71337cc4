import assert from "node:assert/strict";
import {
  checkDeno,
  checkFolder,
  checkHttpPort,
  checkStore,
  checkWsPort,
} from "../../lib/cli/doctor_checks.ts";
import { listen } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { testServer } from "../server/server_fixture.ts";

Deno.test("checkDeno wants the version it was tested with, or later", () => {
  for (const version of ["2.9.0", "2.9.6", "2.10.1", "3.0.0"]) {
    assert.equal(checkDeno(version).state, "ok", version);
  }
  const old = checkDeno("2.8.9");
  assert.equal(old.state, "wrong");
  assert.match(old.mend!, /2\.9\.0 or later/);
});

Deno.test("checkFolder tells a writable folder from a file in its place", async () => {
  const folder = await Deno.makeTempDir();
  assert.equal((await checkFolder(`${folder}/new`)).state, "ok");
  await Deno.writeTextFile(`${folder}/file`, "");
  const wrong = await checkFolder(`${folder}/file`);
  assert.equal(wrong.state, "wrong");
  assert.match(wrong.mend!, /--data-dir/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("checkStore tells none, a good one, one in use and a damaged one apart", async () => {
  const folder = await Deno.makeTempDir();
  assert.match((await checkStore(folder)).found, /none yet/);
  const store = SqliteStore.open(folder);
  assert.match((await checkStore(folder)).found, /in use/);
  await store.close();
  assert.equal((await checkStore(folder)).found, "0 events");
  await Deno.writeTextFile(`${folder}/lightning_lens.db`, "no database ".repeat(99));
  const damaged = await checkStore(folder);
  assert.deepEqual([damaged.state, /not a database/.test(damaged.found)], ["wrong", true]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("checkHttpPort knows our server from another program", async () => {
  const { server, dispose } = await testServer();
  const ours = listen(server, { host: "127.0.0.1", port: 0 });
  assert.match((await checkHttpPort(ours.port)).found, /LightningLens .* answers/);
  await ours.stop();
  assert.equal((await checkHttpPort(ours.port)).found, "free");
  const other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("hello"),
  );
  const found = await checkHttpPort(other.addr.port);
  assert.deepEqual([found.state, found.found], ["wrong", "another program has it"]);
  assert.equal((await checkWsPort(other.addr.port)).state, "wrong");
  await other.shutdown();
  assert.equal((await checkWsPort(other.addr.port)).state, "ok");
  await dispose();
});
