import assert from "node:assert/strict";
import { InputError } from "../../lib/core/mod.ts";
import { ListedPayments, readPaymentsCsv } from "../../lib/simulation/mod.ts";
import { assignRoles, ZERO_LATENCY } from "../../lib/simulation/mod.ts";
import { networkOf, smallSimulation, START_MS } from "./helpers.ts";

// d and e are an island of their own.
const network = networkOf(
  ["a", "b", 1, 1, 900_000],
  ["b", "c", 1, 1, 900_000],
  ["d", "e", 1, 1, 900_000],
);

async function read(text: string, skipInvalid?: (fault: InputError) => void) {
  const file = await Deno.makeTempFile({ prefix: "payments_", suffix: ".csv" });
  try {
    await Deno.writeTextFile(file, text);
    return await readPaymentsCsv(file, { network, startMs: START_MS, skipInvalid });
  } finally {
    await Deno.remove(file);
  }
}

const HEAD = "timestamp,sender,receiver,amount_msat\n";

Deno.test("readPaymentsCsv: the first payment at the start, the rest after it, in order of time", async () => {
  const intents = await read(
    HEAD + "2020-01-01T00:00:05Z,b,c,7000\n2020-01-01T00:00:02Z,a,c,5000\n",
  );
  assert.deepEqual(intents, [
    { timeMs: START_MS, sender: 0, receiver: 2, amountMsat: 5000 },
    { timeMs: START_MS + 3000, sender: 1, receiver: 2, amountMsat: 7000 },
  ]);
});

Deno.test("readPaymentsCsv takes satoshis, milliseconds since the start, and CLoTH's columns", async () => {
  const sats = await read("amount_sat,time_ms,receiver,sender,note\n5,250,c,a,x\n");
  assert.deepEqual(sats, [{ timeMs: START_MS + 250, sender: 0, receiver: 2, amountMsat: 5000 }]);
  const cloth = await read("id,sender_id,receiver_id,amount,start_time\n0,a,c,5000,250\n");
  assert.deepEqual(cloth, sats);
});

for (
  const [name, row, field, found] of [
    ["an unknown sender", "2020-01-01,x,c,5000", "sender", "x"],
    ["an unknown receiver", "2020-01-01,a,x,5000", "receiver", "x"],
    ["a payment to oneself", "2020-01-01,a,a,5000", "receiver", "a"],
    ["an amount of 0", "2020-01-01,a,c,0", "amount_msat", "0"],
    ["an amount that is none", "2020-01-01,a,c,5e3", "amount_msat", "5e3"],
    ["an amount above every channel", "2020-01-01,a,c,1000000001", "amount_msat", "1000000001"],
    ["a time that is none", "yesterday,a,c,5000", "timestamp", "yesterday"],
    ["a receiver that can't be reached", "2020-01-01,a,e,5000", "receiver", "e"],
  ]
) {
  Deno.test(`readPaymentsCsv names ${name}: file, line, field; or leaves it out as told`, async () => {
    const text = `${HEAD}2020-01-01,a,c,5000\n${row}\n`;
    await assert.rejects(read(text), (error) => {
      assert(error instanceof InputError);
      assert.match(error.fault.file ?? "", /payments_.*csv$/);
      assert.deepEqual([error.fault.line, error.fault.field, error.fault.found], [3, field, found]);
      return true;
    });
    const skipped: InputError[] = [];
    assert.equal((await read(text, (fault) => skipped.push(fault))).length, 1);
    assert.deepEqual(skipped.map(({ fault }) => fault.line), [3]);
  });
}

Deno.test("readPaymentsCsv: missing columns and files without payments are named", async () => {
  await assert.rejects(read("timestamp,sender,amount_msat\n"), /:1: receiver: .*receiver_id/);
  await assert.rejects(read(HEAD), /found "no payment"/);
  await assert.rejects(read(HEAD + "2020-01-01,a,x,5000\n", () => {}), /found "no payment"/);
});

Deno.test("Simulation makes just the payments of a list", () => {
  const intents = [0, 1, 2].map((i) => ({
    timeMs: START_MS + 1000 * i,
    sender: 0,
    receiver: 2,
    amountMsat: 5_000_000,
  }));
  const seen: unknown[] = [];
  const { simulation } = smallSimulation(network, ["b"], {
    htlc: { latency: ZERO_LATENCY },
    intents: (own, rng) => new ListedPayments(intents, assignRoles(own, rng)),
    onPayment: (intent, { success }) => seen.push([intent, success]),
  });
  simulation.runUntil(START_MS + 1e6);
  assert.deepEqual(seen, intents.map((intent) => [intent, true]));
  assert.equal(simulation.nextMs, Infinity);
  assert.equal(simulation.account("b").forwards, 3);
});
