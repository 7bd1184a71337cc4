import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../../lib/core/mod.ts";
import { readCapacities, readForwardsLog } from "../../../lib/evaluation/mod.ts";

async function inFile<T>(content: string | Uint8Array, test: (path: string) => Promise<T>) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "log");
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    return await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const LND = JSON.stringify({
  forwarding_events: [
    {
      timestamp_ns: "1700000000500000000",
      chan_id_in: "1",
      chan_id_out: "2",
      amt_in_msat: "1001",
      amt_out_msat: "1000",
    },
    { timestamp: "1700003600", chan_id_in: "2", chan_id_out: "1", amt_in: "51", amt_out: "50" },
    { chan_id_in: "2", chan_id_out: "1", amt_in: "51", amt_out: "50" },
  ],
});

const CLN = JSON.stringify({
  forwards: [
    {
      in_channel: "1x1x1",
      out_channel: "2x2x2",
      in_msat: "2002msat",
      out_msat: 2000,
      status: "settled",
      received_time: 1700000000.25,
    },
    {
      in_channel: "1x1x1",
      out_channel: "2x2x2",
      in_msat: 500,
      status: "local_failed",
      failreason: "WIRE_TEMPORARY_CHANNEL_FAILURE",
      received_time: 1699900000,
    },
    {
      in_channel: "1x1x1",
      out_channel: "2x2x2",
      in_msat: 500,
      status: "local_failed",
      failreason: "WIRE_FEE_INSUFFICIENT",
      received_time: 1700000100,
    },
    { in_channel: "1x1x1", in_msat: 500, status: "local_failed", received_time: 1700000150 },
    { in_channel: "1x1x1", in_msat: 500, status: "offered", received_time: 1700000200 },
    { in_channel: "1x1x1", in_msat: 500, status: "failed" },
  ],
});

Deno.test("readForwardsLog tells LND's history by its content and leaves forwards without a time out", () =>
  inFile(LND, async (path) => {
    const log = await readForwardsLog(path);
    assert.equal(log.format, "lnd");
    assert.equal(log.withoutTime, 1);
    assert.deepEqual(log.events.map(({ timeMs }) => timeMs), [
      1_700_000_000_500,
      1_700_003_600_000,
    ]);
    assert.equal(log.events[1].forward.inAmountMsat, 51_000);
    assert.equal(log.events[0].forward.outcome, "settled");
  }));

Deno.test("readForwardsLog tells Core Lightning's forwards, sorts them and names what jumped", () =>
  inFile(CLN, async (path) => {
    const log = await readForwardsLog(path);
    assert.equal(log.format, "cln");
    assert.equal(log.outOfOrder, 1);
    assert.deepEqual([log.withoutTime, log.withoutChannel], [1, 1]);
    const [lacking, settled, refused] = log.events.map(({ forward }) => forward);
    assert.equal(lacking.failureReason, "insufficient_balance");
    assert.equal(settled.inAmountMsat - settled.outAmountMsat, 2);
    assert.equal(refused.outcome, "failed_here");
    assert.equal(refused.failureReason, undefined);
    assert.ok(log.events.every(({ forward }) => forward.outChannel === "2x2x2"));
  }));

Deno.test("readForwardsLog reads gzip and our CSV, and refuses what holds no forwards", async () => {
  const csv = "timestamp,in_channel,out_channel,in_msat,out_msat\n1700000000,1,2,1001,1000\n";
  const zipped = new Uint8Array(
    await new Response(new Blob([csv]).stream().pipeThrough(new CompressionStream("gzip")))
      .arrayBuffer(),
  );
  const log = await inFile(zipped, (path) => readForwardsLog(path));
  assert.equal(log.format, "csv");
  assert.equal(log.events.length, 1);
  const timeless = JSON.stringify({ forwarding_events: [{ chan_id_in: "1", chan_id_out: "2" }] });
  for (
    const [content, message] of [
      [timeless, /1 forwards without a time/],
      ['{"invoices": []}', /forwarding_events/],
      ['{"forwards": [{"in_channel": 1}]}', /forwards\[0\]/],
      [
        '{"forwards": [{"in_channel": "1", "in_msat": 1, "status": "settled", "received_time": 1e300}]}',
        /forwards\[0\]\.received_time: found 1e\+300, expected seconds since 1970/,
      ],
      ["sender,receiver\n", /columns/],
    ] as const
  ) {
    await assert.rejects(
      inFile(content, (path) => readForwardsLog(path)),
      (error) => error instanceof InputError && message.test(error.message),
      String(message),
    );
  }
});

Deno.test("readCapacities reads CSV, listchannels and listpeerchannels, and names a bad cell", async () => {
  const expected = new Map([["7", 1000]]);
  for (
    const content of [
      "channel_id,capacity_sat\n7,1000\n",
      '{"channels": [{"chan_id": "7", "capacity": "1000"}]}',
      '{"channels": [{"chan_id": "a0ff", "scid": "7", "capacity": "1000"}]}',
      '{"peers": [{"id": "a", "channels": [{"short_channel_id": "7", "total_msat": 1000000}]}]}',
      '{"channels": [{"short_channel_id": "7", "total_msat": "1000000msat"}, {"total_msat": 5}]}',
    ]
  ) {
    assert.deepEqual(await inFile(content, readCapacities), expected);
  }
  await assert.rejects(
    inFile("channel_id,capacity_sat\n7,none\n", readCapacities),
    /:2: capacity_sat: found "none"/,
  );
});

Deno.test("readForwardsLog puts a CSV file that has the newest first in order", () =>
  inFile(
    "timestamp,in_channel,out_channel,in_msat,out_msat\n1700007200,1,2,11,10\n1700000000,1,2,11,10\n",
    async (path) => {
      const log = await readForwardsLog(path);
      assert.deepEqual([log.rejected, log.outOfOrder], [0, 1]);
      assert.deepEqual(log.events.map(({ timeMs }) => timeMs / 1000), [
        1_700_000_000,
        1_700_007_200,
      ]);
    },
  ));
