import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../lib/core/mod.ts";
import {
  camelNames,
  formatMessage,
  MESSAGE_SCHEMAS,
  type MessageType,
  parseJsonText,
  parseMessage,
  snakeNames,
} from "../../lib/protocol/mod.ts";

const HEAD = { seq: 3, timeMs: Date.UTC(2024, 8, 22) };
const FORWARD = {
  node: "n",
  inChannel: "1x2x3",
  outChannel: "4x5x6",
  inAmountMsat: 1001,
  outAmountMsat: 1000,
  outcome: "settled",
} as const;

Deno.test("formatMessage and parseMessage round-trip a forward and a suggestion", () => {
  const forward = parseMessage(JSON.parse(formatMessage("forward", FORWARD, HEAD)));
  assert.deepEqual(forward, { type: "forward", ...HEAD, data: FORWARD });
  const suggestion = {
    id: "s1",
    node: "n",
    sourceNode: "a",
    sourceChannel: "c1",
    targetNode: "b",
    targetChannel: "c2",
    amountMsat: 5000,
    feeLimitMsat: 10,
    confidence: 0.5,
    expectedGainMsat: 12.5,
    expectedFeeMsat: 3,
    sourceOptimalRatio: 0.4,
    targetOptimalRatio: 0.6,
    expiresAt: Date.UTC(2024, 8, 23),
    reasons: ["because"],
  };
  const text = formatMessage("rebalance_suggestion", suggestion, HEAD);
  assert.equal(JSON.parse(text).data.expires_at, "2024-09-23T00:00:00.000Z");
  assert.deepEqual(parseMessage(JSON.parse(text)).data, suggestion);
});

Deno.test("parseMessage names the field that is wrong", async (t) => {
  const good = JSON.parse(formatMessage("forward", FORWARD, HEAD));
  const cases: [string, unknown, RegExp][] = [
    ["unknown type", { ...good, type: "gossip" }, /^type: found "gossip", expected one of/],
    ["later version", { ...good, v: 2 }, /^v: found 2, expected 1/],
    ["no time", { ...good, timestamp: "noon" }, /^timestamp: found "noon", expected an ISO 8601/],
    ["missing member", { ...good, data: {} }, /^data.node: found nothing, expected string/],
    [
      "negative amount",
      { ...good, data: { ...good.data, in_amount_msat: -1 } },
      /^data.in_amount_msat: found -1, expected 0 or more/,
    ],
    [
      "fraction",
      { ...good, data: { ...good.data, in_amount_msat: 1.5 } },
      /^data.in_amount_msat: found 1.5, expected a whole number/,
    ],
    ["no object", 7, /found 7, expected object/],
  ];
  for (const [name, value, message] of cases) {
    await t.step(name, () => {
      assert.throws(() => parseMessage(value), (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

Deno.test("parseMessage only ever throws InputError, whatever comes", () => {
  const types = Object.keys(MESSAGE_SCHEMAS) as MessageType[];
  const message = fc.record({
    type: fc.oneof(fc.constantFrom(...types), fc.string()),
    v: fc.constantFrom(1, 1, 2, "1"),
    seq: fc.oneof(fc.nat(), fc.anything()),
    timestamp: fc.oneof(fc.constant("2024-09-22T00:00:00Z"), fc.string()),
    data: fc.anything({ maxDepth: 3 }),
  });
  fc.assert(
    fc.property(fc.oneof(message, fc.anything()), (value) => {
      try {
        parseMessage(value);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("parseJsonText says that text is no JSON", () => {
  assert.throws(() => parseJsonText("hello"), /message: found "hello", expected JSON/);
});

Deno.test("camelNames and snakeNames are each other's inverse on schema names", () => {
  const wire = { fee_rate_ppm: 1, timestamp: "t", nested: [{ max_htlc_msat: 2 }], policy1: null };
  const inside = { feeRatePpm: 1, timeMs: "t", nested: [{ maxHtlcMsat: 2 }], policy1: null };
  assert.deepEqual(camelNames(wire), inside);
  assert.deepEqual(snakeNames(inside), wire);
});
