import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../lib/core/mod.ts";
import { parsePeerInput, understood, validatedUpdate } from "../../lib/protocol/mod.ts";
import { plainForwardMessage, plainUpdate } from "../../lib/protocol/plain_update.ts";

const NOW_MS = Date.UTC(2024, 8, 22);

const amount = fc.oneof(fc.nat(10_000_000), fc.maxSafeNat());
const name = fc.string({ minLength: 1, maxLength: 20 });
const policy = fc.record({
  base_fee_msat: amount,
  fee_rate_ppm: amount,
  cltv_delta: amount,
  min_htlc_msat: amount,
  max_htlc_msat: amount,
  disabled: fc.boolean(),
  unknown: fc.anything(),
}, {
  requiredKeys: [
    "base_fee_msat",
    "fee_rate_ppm",
    "cltv_delta",
    "min_htlc_msat",
    "max_htlc_msat",
    "disabled",
  ],
});
const head = {
  event_id: name,
  timestamp: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => date.toISOString()),
  extra: fc.anything(),
};
const forward = fc.record({
  ...head,
  event_type: fc.constant("forward"),
  id: name,
  node: name,
  in_channel: name,
  out_channel: name,
  in_amount_msat: amount,
  out_amount_msat: amount,
  outcome: fc.constantFrom("settled", "failed_here", "failed_downstream"),
  failure_reason: fc.string(),
}, {
  requiredKeys: [
    "event_type",
    "node",
    "in_channel",
    "out_channel",
    "in_amount_msat",
    "out_amount_msat",
    "outcome",
  ],
});
const transaction = fc.record({
  ...head,
  event_type: fc.constant("transaction"),
  sender: name,
  receiver: name,
  amount: fc.nat(1e9),
  fee: fc.nat(1e6),
  success: fc.boolean(),
  transaction_type: fc.constantFrom("payment", "rebalance"),
}, { requiredKeys: ["event_type", "sender", "receiver", "amount", "success"] });
const channel = fc.tuple(
  fc.record({
    ...head,
    event_type: fc.constant("channel_state"),
    node: name,
    remote_pubkey: name,
    channel_id: name,
    active: fc.boolean(),
    local_policy: policy,
    remote_policy: policy,
  }, { requiredKeys: ["event_type", "node", "remote_pubkey"] }),
  fc.integer({ min: 1, max: 1e9 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.boolean(),
).map(([update, capacity, share, both]) => {
  const local_balance = Math.floor(share * capacity);
  const remote = both ? { remote_balance: capacity - local_balance } : {};
  return { ...update, capacity, local_balance, ...remote };
});
const good = fc.oneof(forward, transaction, channel);

Deno.test("plainUpdate reads every update that is plainly right, as the schema does", () => {
  fc.assert(fc.property(good, (update) => {
    const plain = plainUpdate(update, NOW_MS);
    assert.ok(plain !== undefined, "must not leave it to the schema");
    assert.deepEqual(plain, validatedUpdate(update, NOW_MS));
  }));
});

const message = fc.tuple(forward, fc.nat()).map(([{ event_id, timestamp, ...data }, seq]) => ({
  type: "forward",
  v: 1,
  seq,
  timestamp: timestamp ?? "2024-09-22T00:00:00",
  ...(event_id === undefined ? {} : { event_id }),
  data,
}));

Deno.test("parsePeerInput reads a forward message as the schema does, by the short way", () => {
  fc.assert(fc.property(message, (value) => {
    // Through JSON, as messages come.
    const wired = JSON.parse(JSON.stringify(value));
    assert.ok(plainForwardMessage(wired) !== undefined, "must not leave it to the schema");
    assert.deepEqual(parsePeerInput(JSON.stringify(value), NOW_MS), understood(wired, NOW_MS));
  }));
});

Deno.test("plainForwardMessage accepts nothing that the schema refuses or reads otherwise", () => {
  // As JSON has it: messages come through JSON, which knows no undefined.
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, -1, 1.5, "", 2, [], {}));
  fc.assert(
    fc.property(message, fc.nat(20), odd, (value, index, spoiler) => {
      const keys = [...Object.keys(value), ...Object.keys(value.data)];
      const key = keys[index % keys.length];
      const spoiled = key in value
        ? { ...value, [key]: spoiler }
        : { ...value, data: { ...value.data, [key]: spoiler } };
      const plain = plainForwardMessage(spoiled);
      if (plain === undefined) return;
      const expected = understood(spoiled, NOW_MS);
      assert.deepEqual(
        { seq: expected.seq, events: expected.kind === "events" && expected.events },
        {
          seq: plain.seq,
          events: [plain.event],
        },
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("plainUpdate accepts nothing that the schema refuses or reads otherwise", () => {
  const odd = fc.oneof(
    fc.anything(),
    fc.constantFrom<unknown>(
      null,
      undefined,
      -1,
      -0,
      1.5,
      NaN,
      2 ** 53,
      "",
      "x".repeat(201),
      [],
      {},
    ),
    fc.constantFrom("yesterday", "2024-09-22", "2024-13-01T00:00:00Z", "3", "rebalance", "settled"),
  );
  const spoiled = fc.tuple(good, fc.nat(20), odd).map(([update, index, value]) => {
    const keys = [...Object.keys(update), "balance_ratio", "remote_balance", "fee", "local_policy"];
    return { ...update, [keys[index % keys.length]]: value };
  });
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: spoiled }, fc.anything()), (update) => {
      const plain = plainUpdate(update, NOW_MS);
      if (plain === undefined) return;
      accepted++;
      try {
        assert.deepEqual(plain, validatedUpdate(update, NOW_MS));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        assert.fail(`the schema refuses ${JSON.stringify(update)}: ${error.message}`);
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(accepted > 20, `${accepted} of 1000 were accepted`);
});
