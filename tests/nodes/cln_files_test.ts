import assert from "node:assert/strict";
import { channelsFromCln, forwardsFromCln } from "../../lib/nodes/cln_files.ts";

const PEER = `03${"cd".repeat(32)}`;
const PLACE = { file: "dump.json" };

/** What the shapes of all versions come to. */
function facts(value: unknown) {
  return channelsFromCln(value, PLACE).map(({ channel, aliases }) => ({
    id: channel.channelId,
    aliases,
    sat: [channel.capacitySat, channel.localBalanceSat, channel.remoteBalanceSat],
    reserves: [channel.localReserveSat, channel.remoteReserveSat],
    ppm: channel.localPolicy?.feeRatePpm,
    active: channel.active,
  }));
}

const EXPECTED = {
  id: "700000x1x0",
  aliases: [],
  sat: [1_000_000, 390_000, 600_000],
  reserves: [10_000, 10_000],
  ppm: 100,
  active: true,
};

/** Amounts as texts with their unit, as versions before 23.05 wrote them. */
const asTexts = (channel: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(channel).map(([name, value]) => [
      name,
      name.endsWith("_msat") ? `${value}msat` : value,
    ]),
  );

const CHANNEL = {
  state: "CHANNELD_NORMAL",
  short_channel_id: "700000x1x0",
  to_us_msat: 400_000_000,
  total_msat: 1_000_000_000,
  our_reserve_msat: 10_000_000,
  their_reserve_msat: 10_000_000,
  fee_base_msat: 1000,
  fee_proportional_millionths: 100,
  htlcs: [{ direction: "out", amount_msat: 10_000_000, expiry: 800_000, state: "SENT_ADD" }],
};
const HTLCS_AS_TEXTS = { htlcs: CHANNEL.htlcs.map(asTexts) };

Deno.test("channelsFromCln reads what versions 22 to 25 tell of channels", () => {
  const named = { peer_id: PEER, peer_connected: true };
  const updates = {
    local: { fee_base_msat: 1000, fee_proportional_millionths: 100, cltv_expiry_delta: 34 },
    remote: { fee_base_msat: 0, fee_proportional_millionths: 7, cltv_expiry_delta: 34 },
  };
  const shapes: [string, unknown][] = [
    ["listpeers before 23.02", {
      peers: [
        { id: PEER, connected: true, channels: [{ ...asTexts(CHANNEL), ...HTLCS_AS_TEXTS }] },
        { id: PEER, connected: false },
      ],
    }],
    ["23.02", { channels: [{ ...named, ...asTexts(CHANNEL), ...HTLCS_AS_TEXTS }] }],
    ["23.05", { channels: [{ ...named, ...CHANNEL }] }],
    ["24.02 and later", { channels: [{ ...named, ...CHANNEL, fee_base_msat: 5, updates }] }],
    ["being spliced", { channels: [{ ...named, ...CHANNEL, state: "CHANNELD_AWAITING_SPLICE" }] }],
  ];
  for (const [version, value] of shapes) assert.deepEqual(facts(value), [EXPECTED], version);
});

Deno.test("channelsFromCln leaves out what is not open, and knows channels by their aliases", () => {
  const channel = { peer_id: PEER, peer_connected: true, ...CHANNEL };
  const { short_channel_id: _, ...unconfirmed } = channel;
  const alias = { local: "123x456x7", remote: "9x9x9" };
  const states = ["OPENINGD", "CHANNELD_AWAITING_LOCKIN", "CHANNELD_SHUTTING_DOWN", "ONCHAIN"];
  const found = facts({
    channels: [
      { ...channel, alias },
      { ...unconfirmed, alias },
      unconfirmed,
      ...states.map((state) => ({ ...channel, state })),
    ],
  });
  assert.deepEqual(found.map(({ id, aliases }) => [id, aliases]), [
    ["700000x1x0", ["123x456x7"]],
    ["123x456x7", []],
  ]);
});

Deno.test("forwardsFromCln reads what versions 22 to 25 tell of forwards", () => {
  const settled = {
    in_channel: "1x1x1",
    in_htlc_id: 3,
    out_channel: "2x2x2",
    in_msat: 1100,
    out_msat: 1000,
    fee_msat: 100,
    status: "settled",
    received_time: 1000.5,
    resolved_time: 1001.25,
  };
  const { out_msat: _, fee_msat: __, resolved_time: ___, ...begun } = settled;
  const found = forwardsFromCln({
    forwards: [
      settled,
      { ...settled, in_msat: "1100msat", out_msat: "1000msat", in_msatoshi: 1100, fee: 100 },
      { ...settled, received_time: "1000.5", resolved_time: "1001.25" },
      // Refused before it was known where to: nothing could have served it.
      { ...begun, status: "local_failed", failreason: "WIRE_UNKNOWN_NEXT_PEER" },
      { ...settled, status: "local_failed", failcode: 4103 },
      { ...settled, status: "local_failed", failreason: "WIRE_FEE_INSUFFICIENT" },
      { ...settled, status: "failed" },
      { ...settled, status: "offered" },
    ],
  }, PLACE);
  assert.deepEqual(
    found.map(({ outcome, failureReason, timeMs }) => [outcome, failureReason, timeMs]),
    [
      ["settled", undefined, 1_001_250],
      ["settled", undefined, 1_001_250],
      ["settled", undefined, 1_001_250],
      ["failed_here", "insufficient_balance", 1_001_250],
      ["failed_here", "wire_fee_insufficient", 1_001_250],
      ["failed_downstream", undefined, 1_001_250],
    ],
  );
  assert.ok(found.every((f) => f.inAmountMsat === 1100 && f.outAmountMsat === 1000));
});
