import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../lib/core/mod.ts";
import {
  derivedChannelId,
  legacyChannels,
  type LegacyInput,
  parseLegacyMessage,
} from "../../lib/protocol/mod.ts";

const NOW_MS = Date.UTC(2024, 8, 22);
const PAID = { sender: "a", receiver: "b", amount: 50, success: true, description: "coffee" };
const CHANNELS = {
  a: [{ remote_pubkey: "b", capacity: 100, local_balance: 60, remote_balance: 40 }],
};

function events(input: LegacyInput) {
  assert.equal(input.kind, "events");
  return input.kind === "events" ? input.events : [];
}

Deno.test("parseLegacyMessage understands every shape of a payment", () => {
  for (
    const message of [
      { type: "transaction", data: PAID },
      { type: "transaction", transaction: PAID },
      { event_type: "transaction", timestamp: "2024-09-22T00:00:00", transaction: PAID },
    ]
  ) {
    const [event] = events(parseLegacyMessage(message, NOW_MS));
    assert.deepEqual(event, {
      kind: "transaction",
      timeMs: NOW_MS,
      transaction: {
        sender: "a",
        receiver: "b",
        amountMsat: 50_000,
        success: true,
        transactionType: "payment",
      },
    });
  }
});

Deno.test("parseLegacyMessage understands every shape of channel balances", () => {
  for (
    const message of [
      { type: "channel_update", data: CHANNELS },
      { type: "channel_update", channels: CHANNELS },
      { event_type: "channel_state", channels: CHANNELS },
      { type: "state_update", data: { channels: CHANNELS, transactions: [], last_update: "x" } },
    ]
  ) {
    const [event] = events(parseLegacyMessage(message, NOW_MS));
    assert.ok(event.kind === "channel_state");
    assert.deepEqual(event.channel, {
      node: "a",
      channelId: "a:b",
      peer: "b",
      capacitySat: 100,
      localBalanceSat: 60,
      remoteBalanceSat: 40,
      active: true,
    });
  }
});

Deno.test("parseLegacyMessage takes both members of one event", () => {
  const found = events(
    parseLegacyMessage(
      { event_type: "transaction", transaction: PAID, channels: CHANNELS },
      NOW_MS,
    ),
  );
  assert.deepEqual(found.map((e) => e.kind), ["transaction", "channel_state"]);
});

Deno.test("parseLegacyMessage takes suggestions, one or a batch, and greetings", () => {
  const suggestion = { from_node: "b", to_node: "c", amount: 10, confidence: 0.8 };
  const expected = [{ fromNode: "b", toNode: "c", amountSat: 10, confidence: 0.8 }];
  for (
    const message of [
      { type: "rebalance_suggestion", suggestion },
      {
        type: "suggestions",
        client: "x",
        timestamp: "2024-09-22T00:00:00",
        suggestions: [suggestion],
      },
    ]
  ) {
    assert.deepEqual(parseLegacyMessage(message, NOW_MS), {
      kind: "suggestions",
      suggestions: expected,
    });
  }
  assert.deepEqual(parseLegacyMessage({ type: "request_suggestions" }, NOW_MS), {
    kind: "request_suggestions",
  });
  assert.deepEqual(parseLegacyMessage({ type: "register", client: "me", message: "hi" }, NOW_MS), {
    kind: "register",
    client: "me",
  });
});

Deno.test("parseLegacyMessage names what is wrong", () => {
  const over = { a: [{ remote_pubkey: "b", capacity: 100, local_balance: 101 }] };
  assert.throws(
    () => parseLegacyMessage({ type: "channel_update", data: over }, NOW_MS),
    /data.a.0.local_balance: found 101, expected .*within the capacity \(100\)/,
  );
  assert.throws(
    () => parseLegacyMessage({ type: "transaction", data: { ...PAID, amount: -5 } }, NOW_MS),
    /data.amount: found -5, expected 0 or more/,
  );
  assert.throws(() => parseLegacyMessage({ type: "dance" }, NOW_MS), /type: found "dance"/);
  assert.throws(() => parseLegacyMessage({ type: "transaction" }, NOW_MS), /data: found nothing/);
});

Deno.test("parseLegacyMessage only ever throws InputError, whatever comes", () => {
  const message = fc.record({
    type: fc.constantFrom(
      "transaction",
      "channel_update",
      "state_update",
      "suggestions",
      "register",
    ),
    data: fc.anything({ maxDepth: 3 }),
    suggestions: fc.anything(),
  });
  fc.assert(
    fc.property(fc.oneof(message, fc.anything()), (value) => {
      try {
        parseLegacyMessage(value, NOW_MS);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("derivedChannelId is the same from both ends and tells parallel channels apart", () => {
  assert.equal(derivedChannelId("x", "a"), derivedChannelId("a", "x"));
  assert.notEqual(derivedChannelId("a", "x", 1), derivedChannelId("a", "x"));
});

Deno.test("legacyChannels groups by node, whatever nodes are called", () => {
  const states = ["a", "constructor", "__proto__", "a"].map((node, index) => ({
    node,
    channelId: String(index),
    peer: "p",
    capacitySat: 10,
    localBalanceSat: 4,
    remoteBalanceSat: 6,
    active: true,
  }));
  const found = Object.entries(legacyChannels(states));
  assert.deepEqual(found.map(([node, own]) => [node, own.length]), [
    ["a", 2],
    ["constructor", 1],
    ["__proto__", 1],
  ]);
});
