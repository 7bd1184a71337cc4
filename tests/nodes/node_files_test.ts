import assert from "node:assert/strict";
import { join } from "node:path";
import { networkFromDescribegraph } from "../../lib/network/mod.ts";
import { readNodeFiles } from "../../lib/nodes/mod.ts";

const PEER = `03${"cd".repeat(32)}`, ME = `02${"ab".repeat(32)}`;

async function withFiles(
  files: Record<string, unknown>,
  use: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(join(folder, name), text);
    }
    await use((name) => join(folder, name));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const LND_CHANNELS = {
  channels: [{
    active: true,
    remote_pubkey: PEER,
    channel_point: "aa:0",
    chan_id: "442003674431488",
    capacity: "1000000",
    local_balance: "400000",
    remote_balance: "590000",
  }],
};
const LND_FORWARDS = {
  forwarding_events: [
    { timestamp: "20", chan_id_in: "1", chan_id_out: "2", amt_in_msat: "11", amt_out_msat: "10" },
    { timestamp: "10", chan_id_in: "1", chan_id_out: "2", amt_in_msat: "22", amt_out_msat: "20" },
  ],
};
const POLICY = {
  time_lock_delta: 40,
  min_htlc: "1",
  fee_base_msat: "5",
  fee_rate_milli_msat: "6",
  disabled: false,
  max_htlc_msat: "990000000",
};

Deno.test("readNodeFiles reads lncli's dumps; who the node is follows from the graph", async () => {
  const graph = networkFromDescribegraph({
    nodes: [{ pub_key: ME, alias: "me" }, { pub_key: PEER, alias: "peer" }],
    edges: [{
      channel_id: "442003674431488",
      node1_pub: ME,
      node2_pub: PEER,
      capacity: "1000000",
      node1_policy: POLICY,
      node2_policy: { ...POLICY, fee_base_msat: "7" },
    }],
  }, "graph");
  await withFiles(
    { "channels.json": LND_CHANNELS, "forwards.json": LND_FORWARDS },
    async (path) => {
      const files = { channels: path("channels.json"), forwards: path("forwards.json") };
      const dump = await readNodeFiles({ ...files, graph });
      assert.equal(dump.nodeId, ME);
      assert.deepEqual(dump.forwards.map(({ timeMs }) => timeMs), [10_000, 20_000]);
      assert.equal(dump.channels[0].localPolicy?.baseFeeMsat, 5);
      assert.equal(dump.channels[0].remotePolicy?.baseFeeMsat, 7);
      assert.equal((await readNodeFiles(files)).nodeId, "self");
    },
  );
});

Deno.test("readNodeFiles knows channels by the names of newer lncli and of zero-conf channels", async () => {
  const [channel] = LND_CHANNELS.channels;
  const alias = "17592186044416000000";
  const channels = [
    // lncli itself makes of an id: its place in the chain, and a hash of the outpoint.
    { ...channel, chan_id: "ab".repeat(32), scid: "442003674431488", scid_str: "402x1x0" },
    { ...channel, chan_id: alias, zero_conf_confirmed_scid: "442003674497024" },
    { ...channel, chan_id: "7", alias_scids: ["17592186044416000001"] },
  ];
  const [forward] = LND_FORWARDS.forwarding_events;
  const forwards = [{ ...forward, chan_id_in: alias, chan_id_out: "17592186044416000001" }];
  await withFiles(
    { "channels.json": { channels }, "forwards.json": { forwarding_events: forwards } },
    async (path) => {
      const dump = await readNodeFiles({
        channels: path("channels.json"),
        forwards: path("forwards.json"),
      });
      assert.deepEqual(
        dump.channels.map(({ channelId }) => channelId),
        ["442003674431488", "442003674497024", "7"],
      );
      assert.deepEqual(
        dump.forwards.map(({ inChannel, outChannel }) => [inChannel, outChannel]),
        [["442003674497024", "7"]],
      );
    },
  );
});

Deno.test("readNodeFiles reads Core Lightning's dumps, failures included", async () => {
  const terms = (base: string) => ({
    fee_base_msat: base,
    fee_proportional_millionths: 100,
    cltv_expiry_delta: 34,
  });
  const channel = {
    peer_id: PEER,
    peer_connected: true,
    state: "CHANNELD_NORMAL",
    short_channel_id: "700000x1x0",
    to_us_msat: 400_000_000,
    total_msat: "1000000000msat",
    updates: { local: terms("1000msat"), remote: terms("2000msat") },
    htlcs: [{ direction: "out", amount_msat: 10_000_000, expiry: 800_000 }],
  };
  const forward = (status: string, more = {}) => ({
    in_channel: "1x1x1",
    in_htlc_id: 3,
    out_channel: "700000x1x0",
    in_msat: 1100,
    out_msat: 1000,
    status,
    received_time: 1000.5,
    ...more,
  });
  const files = {
    "channels.json": { channels: [channel, { ...channel, state: "ONCHAIN" }] },
    "forwards.json": {
      forwards: [
        forward("settled", { resolved_time: 1001.25 }),
        forward("local_failed", { failreason: "WIRE_TEMPORARY_CHANNEL_FAILURE" }),
        forward("failed"),
        forward("offered"),
      ],
    },
  };
  await withFiles(files, async (path) => {
    const dump = await readNodeFiles({
      channels: path("channels.json"),
      forwards: path("forwards.json"),
    });
    assert.equal(dump.channels.length, 1);
    const [open] = dump.channels;
    assert.deepEqual(
      [open.capacitySat, open.localBalanceSat, open.remoteBalanceSat, open.pendingHtlcs],
      [1_000_000, 390_000, 600_000, 1],
    );
    assert.equal(open.localPolicy?.baseFeeMsat, 1000);
    const outcomes = dump.forwards.map(({ outcome }) => outcome).toSorted();
    assert.deepEqual(outcomes, ["failed_downstream", "failed_here", "settled"]);
    const failed = dump.forwards.find(({ outcome }) => outcome === "failed_here");
    assert.equal(failed?.failureReason, "insufficient_balance");
  });
});

Deno.test("readNodeFiles names the place of a fault, and says when a dump is cut off", async () => {
  const cut = JSON.stringify(LND_FORWARDS).slice(0, 120);
  const wrong = { channels: [{ ...LND_CHANNELS.channels[0], capacity: "lots" }] };
  await withFiles({ "a.json": LND_CHANNELS, "b.json": cut, "c.json": wrong }, async (path) => {
    await assert.rejects(
      readNodeFiles({ channels: path("a.json"), forwards: path("b.json") }),
      /b\.json:1: found "the end of the file", expected JSON/,
    );
    await assert.rejects(
      readNodeFiles({ channels: path("c.json") }),
      /c\.json: channels\.0\.capacity: found "lots", expected a whole number/,
    );
    await assert.rejects(readNodeFiles({ channels: path("no.json") }), /no such file/);
  });
});

Deno.test("readNodeFiles refuses negative amounts and times that are none", async () => {
  const [lnd] = LND_FORWARDS.forwarding_events, [channel] = LND_CHANNELS.channels;
  const cln = {
    in_channel: "1x1x1",
    out_channel: "2x1x1",
    in_msat: 11,
    out_msat: 10,
    status: "settled",
    received_time: 1000.5,
  };
  const cases: [unknown, unknown, RegExp][] = [
    [
      { channels: [{ ...channel, local_balance: "-5" }] },
      LND_FORWARDS,
      /local_balance: found "-5"/,
    ],
    [LND_CHANNELS, { forwarding_events: [{ ...lnd, amt_in_msat: -1 }] }, /amt_in_msat: found -1/],
    [
      LND_CHANNELS,
      { forwarding_events: [{ ...lnd, timestamp: "9007199254740991" }] },
      /timestamp: .*expected seconds since 1970/,
    ],
    [
      LND_CHANNELS,
      { forwarding_events: [{ ...lnd, timestamp: undefined, timestamp_ns: undefined }] },
      /timestamp: found nothing, expected seconds since 1970/,
    ],
    [LND_CHANNELS, { forwards: [{ ...cln, received_time: 1e300 }] }, /expected seconds since 1970/],
    [LND_CHANNELS, { forwards: [{ ...cln, in_msat: -7 }] }, /in_msat: found -7/],
  ];
  for (const [channels, forwards, message] of cases) {
    await withFiles({ "c.json": channels, "f.json": forwards }, async (path) => {
      const reading = readNodeFiles({ channels: path("c.json"), forwards: path("f.json") });
      await assert.rejects(reading, message, String(message));
    });
  }
});
