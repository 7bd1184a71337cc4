import assert from "node:assert/strict";
import { eventFromUpdate } from "../../lib/protocol/mod.ts";

const NOW_MS = Date.UTC(2024, 8, 22);
const STATE = {
  event_type: "channel_state",
  node: "a",
  remote_pubkey: "b",
  capacity: 1000,
  local_balance: 400,
};

Deno.test("eventFromUpdate derives what can be derived", () => {
  const event = eventFromUpdate(STATE, NOW_MS);
  assert.ok(event.kind === "channel_state");
  assert.equal(event.timeMs, NOW_MS);
  assert.equal(event.channel.channelId, "a:b");
  assert.equal(event.channel.remoteBalanceSat, 600);
});

Deno.test("eventFromUpdate names what is missing or wrong, and never makes it up", () => {
  const without = (name: string) =>
    Object.fromEntries(Object.entries(STATE).filter(([key]) => key !== name));
  for (const name of ["node", "remote_pubkey", "capacity", "local_balance"]) {
    assert.throws(
      () => eventFromUpdate(without(name), NOW_MS),
      new RegExp(`^InputError: ${name}: found nothing`),
    );
  }
  assert.throws(
    () => eventFromUpdate({ ...STATE, local_balance: 1001 }, NOW_MS),
    /local_balance: found 1001, expected .*within the capacity/,
  );
  assert.throws(
    () => eventFromUpdate({ ...STATE, balance_ratio: 0.9 }, NOW_MS, "3"),
    /3.balance_ratio: found 0.9, expected local_balance \/ capacity \(0.4000\)/,
  );
  assert.throws(() => eventFromUpdate({ event_type: "weather" }, NOW_MS), /event_type/);
});

Deno.test("eventFromUpdate takes transactions in satoshis", () => {
  const event = eventFromUpdate({
    event_type: "transaction",
    event_id: "t1",
    sender: "a",
    receiver: "b",
    amount: 7,
    success: false,
    timestamp: "2024-09-22T01:00:00",
    transaction_type: "rebalance",
  }, NOW_MS);
  assert.ok(event.kind === "transaction");
  assert.equal(event.eventId, "t1");
  assert.equal(event.timeMs, NOW_MS + 3_600_000);
  assert.equal(event.transaction.amountMsat, 7000);
  assert.equal(event.transaction.transactionType, "rebalance");
});
