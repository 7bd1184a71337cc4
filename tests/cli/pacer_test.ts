import assert from "node:assert/strict";
import { systemClock } from "../../lib/core/mod.ts";
import { Pacer } from "../../lib/cli/demo/pacer.ts";

const never = new AbortController().signal;

Deno.test("Pacer holds virtual time back while it stands still, which costs none of the time given", async () => {
  const pace = { speed: 0 };
  const pacer = new Pacer(pace);
  let reached = false;
  const waiting = pacer.reach(1000, never).then(() => reached = true);
  await systemClock.sleep(250);
  assert.deepEqual([reached, pacer.passedMs], [false, 0]);
  pace.speed = 1e12;
  await waiting;
  assert.ok(pacer.passedMs > 0);
});

Deno.test("Pacer waits no longer when it is stopped", async () => {
  const stop = new AbortController();
  const waiting = new Pacer({ speed: 0 }).reach(1, stop.signal);
  stop.abort();
  await waiting;
});
