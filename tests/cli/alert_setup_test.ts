import assert from "node:assert/strict";
import { alertOptions, NodeContact } from "../../lib/cli/alert_setup.ts";
import { parseCommandLine } from "../../lib/cli/parse.ts";
import { ManualClock, MINUTE_MS, SECOND_MS, seededRng } from "../../lib/core/mod.ts";
import { NodeFollower } from "../../lib/nodes/mod.ts";
import { ALERT_DEFAULTS } from "../../lib/server/mod.ts";
import { MemorySink } from "../nodes/memory_sink.ts";
import { SimulatedNode } from "../nodes/simulated_node.ts";

async function parsed(...args: string[]) {
  return (await parseCommandLine("serve", args, { env: () => undefined })).options;
}

Deno.test("alertOptions: the table's defaults are those of the rules", async () => {
  const { thresholds, webhookUrl, node } = alertOptions(await parsed(), undefined);
  assert.deepEqual(thresholds, ALERT_DEFAULTS);
  assert.deepEqual([webhookUrl, node], [undefined, undefined]);
});

Deno.test("alertOptions takes every threshold, and webhooks over http alone", async () => {
  const flags = ["--alert-short", "0.5", "--alert-stake-sat", "7", "--alert-budget-share", "0.9"];
  const { thresholds } = alertOptions(
    await parsed(...flags, "--alert-unreachable-minutes", "3"),
    undefined,
  );
  assert.deepEqual(thresholds, {
    shortChance: 0.5,
    stakeSat: 7,
    budgetShare: 0.9,
    unreachableMs: 3 * MINUTE_MS,
  });
  const hook = await parsed("--alert-webhook", "https://example.org/hook");
  assert.equal(alertOptions(hook, undefined).webhookUrl, "https://example.org/hook");
  await assert.rejects(
    parsed("--alert-webhook", "file:///etc/secret"),
    /--alert-webhook: found something else, expected a URL that begins with http:\/\/ or https:/,
  );
});

Deno.test("NodeContact learns from the follower when a node was last heard of, and why not since", async () => {
  const clock = new ManualClock(1_000_000);
  const node = new SimulatedNode("me", clock.nowMs());
  const contact = new NodeContact(clock);
  const follower = new NodeFollower({
    ...{ node, clock, sink: new MemorySink(), rng: seededRng(1) },
    onReading: contact.tell,
  });
  clock.advanceTo(2_000_000);
  await follower.start();
  assert.equal(contact.state.lastHeardMs, 2_000_000);
  const stop = new AbortController();
  const following = follower.follow(stop.signal);
  const pass = async () => {
    for (let second = 0; second < 31; second++) {
      await new Promise((resolve) => setTimeout(resolve));
      clock.advanceTo(clock.nowMs() + SECOND_MS);
    }
  };
  await pass();
  const heardMs = contact.state.lastHeardMs;
  assert.ok(heardMs > 2_000_000, "each reading counts");
  node.channels = () => Promise.reject(new Error("connection refused"));
  await pass();
  await pass();
  assert.deepEqual(contact.state, { lastHeardMs: heardMs, reason: "connection refused" });
  stop.abort();
  clock.advanceTo(clock.nowMs() + MINUTE_MS);
  await following;
});
