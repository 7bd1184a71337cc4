import assert from "node:assert/strict";
import fc from "fast-check";
import { HtlcJoin } from "../../lib/nodes/htlc_join.ts";
import { channelFromLnd, infoFromLnd, policiesFromLnd } from "../../lib/nodes/lnd_channels.ts";
import {
  attemptFromLnd,
  forwardsFromLnd,
  invoicesFromLnd,
  paymentFromLnd,
} from "../../lib/nodes/lnd_history.ts";
import { lndRoute } from "../../lib/nodes/lnd_route.ts";
import { exactNumber, idText } from "../../lib/nodes/lnd_values.ts";
import { atLeast } from "../../lib/nodes/lnd_node.ts";
import { channelStateOf } from "../../lib/nodes/to_events.ts";
import { shortChannelId } from "../../lib/protocol/mod.ts";

const PLACE = { file: "lnd" };
const KEY = `02${"ab".repeat(32)}`;
const OTHER = `03${"cd".repeat(32)}`;

Deno.test("infoFromLnd reads who it is, and names what is missing", () => {
  const info = {
    identity_pubkey: KEY,
    alias: "a",
    version: "0.21.2-beta commit=x",
    block_height: 900000,
    synced_to_chain: true,
    chains: [{ chain: "bitcoin", network: "mainnet" }],
  };
  assert.deepEqual(infoFromLnd(info, PLACE), {
    nodeId: KEY,
    alias: "a",
    version: "0.21.2-beta commit=x",
    network: "mainnet",
    blockHeight: 900000,
    syncedToChain: true,
    syncedToGraph: false,
  });
  assert.throws(() => infoFromLnd({ ...info, chains: [] }, PLACE), /lnd: chains/);
  assert.throws(() => infoFromLnd("no", PLACE), /expected object/);
});

Deno.test("64-bit ids stay exact, amounts beyond 2^53 are refused", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
    assert.equal(idText.parse(String(id)), String(id));
  }));
  fc.assert(fc.property(fc.maxSafeNat(), (amount) => {
    assert.equal(exactNumber.parse(String(amount)), amount);
  }));
  assert.ok(!exactNumber.safeParse("9007199254740993").success);
  assert.ok(!exactNumber.safeParse("1.5").success);
  assert.ok(!idText.safeParse(2 ** 60).success, "a number that may have lost digits is none");
});

Deno.test("channelFromLnd keeps balances, reserves, HTLCs under way and other ids", () => {
  const { channel, aliases } = channelFromLnd({
    active: true,
    remote_pubkey: OTHER,
    channel_point: "aa:1",
    chan_id: "17592186044416000001",
    capacity: "5000000",
    local_balance: "200000",
    remote_balance: "4700000",
    pending_htlcs: [{ expiration_height: 650 }, { expiration_height: 600 }],
    local_chan_reserve_sat: "50000",
    remote_chan_reserve_sat: "60000",
    alias_scids: ["17592186044416000001", "42"],
  }, PLACE);
  assert.equal(channel.channelId, "17592186044416000001");
  assert.deepEqual([channel.localBalanceSat, channel.remoteBalanceSat], [200000, 4700000]);
  assert.deepEqual([channel.pendingHtlcs, channel.nextExpiryHeight], [2, 600]);
  assert.deepEqual(aliases, ["42"]);
  const { localReserveSat, remoteReserveSat } = channelStateOf("me", channel);
  assert.deepEqual([localReserveSat, remoteReserveSat], [50000, 60000]);
});

Deno.test("policiesFromLnd tells own terms from the peer's, whichever end is the first", () => {
  const policy = (base: string) => ({
    time_lock_delta: 80,
    min_htlc: "1000",
    fee_base_msat: base,
    fee_rate_milli_msat: "250",
    disabled: false,
    max_htlc_msat: "4950000000",
  });
  const edge = {
    channel_id: "7",
    node1_pub: KEY,
    node2_pub: OTHER,
    node1_policy: policy("1"),
    node2_policy: policy("2"),
  };
  assert.equal(policiesFromLnd(edge, KEY, PLACE).localPolicy?.baseFeeMsat, 1);
  assert.equal(policiesFromLnd(edge, OTHER, PLACE).localPolicy?.baseFeeMsat, 2);
  assert.equal(
    policiesFromLnd({ ...edge, node2_policy: null }, KEY, PLACE).remotePolicy,
    undefined,
  );
});

Deno.test("forwardsFromLnd takes the answers of old and new versions", () => {
  const base = { timestamp: "1795345077", chan_id_in: "1", chan_id_out: "2" };
  const newer = {
    ...base,
    timestamp_ns: "1795345077275193792",
    amt_in_msat: "20002040",
    amt_out_msat: "20001020",
    incoming_htlc_id: "0",
  };
  const older = { ...base, amt_in: "20002", amt_out: "20001" };
  const [a, b] = forwardsFromLnd({ forwarding_events: [newer, older] }, PLACE);
  assert.deepEqual([a.timeMs, a.inAmountMsat, a.inHtlcId], [1795345077275, 20002040, "0"]);
  assert.deepEqual([b.timeMs, b.inAmountMsat, b.inHtlcId], [1795345077000, 20002000, undefined]);
  assert.throws(
    () => forwardsFromLnd({ forwarding_events: [{ ...newer, amt_in_msat: "x" }] }, PLACE),
    /lnd: forwarding_events\.0\.amt_in_msat/,
  );
});

Deno.test("paymentFromLnd reads what enters each channel, and why it failed", () => {
  const hop = (chan: string, node: string, onward: string, fee: string) => ({
    chan_id: chan,
    pub_key: node,
    amt_to_forward_msat: onward,
    fee_msat: fee,
  });
  const { payment, index } = paymentFromLnd({
    payment_hash: "aa",
    status: "FAILED",
    creation_time_ns: "1795345185713778225",
    value_msat: "100000000",
    failure_reason: "FAILURE_REASON_NO_ROUTE",
    payment_index: "11",
    htlcs: [{
      status: "FAILED",
      route: {
        total_fees_msat: "26600",
        hops: [hop("1", OTHER, "100001100", "25500"), hop("2", KEY, "100000000", "1100")],
      },
      resolve_time_ns: "1795345185813778225",
      failure: { code: "TEMPORARY_CHANNEL_FAILURE", failure_source_index: 1 },
    }],
  }, PLACE);
  assert.equal(index, 11);
  assert.equal(payment.failureReason, "no_route");
  const [attempt] = payment.attempts;
  assert.deepEqual(attempt.hops.map(({ amountMsat }) => amountMsat), [100026600, 100001100]);
  assert.deepEqual(attempt.failure, { code: "temporary_channel_failure", atHop: 1 });
});

Deno.test("invoicesFromLnd tells received from open and ended", () => {
  const invoice = (state: string, index: string) => ({
    r_hash: "J9SmH6Y+5GxFLAxOEglT8fJCFNSrgoHBCnYtfpOShfc=",
    state,
    creation_date: "100",
    expiry: "3600",
    settle_date: "200",
    amt_paid_msat: "5000",
    add_index: index,
  });
  const found = invoicesFromLnd({
    invoices: [invoice("SETTLED", "1"), invoice("OPEN", "2"), invoice("CANCELED", "3")],
  }, PLACE);
  assert.equal(
    found[0].receipt?.paymentHash,
    "27d4a61fa63ee46c452c0c4e120953f1f24214d4ab8281c10a762d7e939285f7",
  );
  assert.deepEqual(found.map(({ openUntilMs }) => openUntilMs), [-Infinity, 3_700_000, -Infinity]);
});

Deno.test("HtlcJoin gives an end the amounts of its beginning, and what failed here its reason", () => {
  const join = new HtlcJoin();
  const event = (id: string, members: object) => ({
    incoming_channel_id: "1",
    outgoing_channel_id: "2",
    incoming_htlc_id: id,
    timestamp_ns: "5000000",
    event_type: "FORWARD",
    ...members,
  });
  const info = { incoming_amt_msat: "1010", outgoing_amt_msat: "1000" };
  const take = (id: string, members: object) => {
    const news = join.take(event(id, members), PLACE);
    return news?.kind === "forward" ? news.forward : news?.kind;
  };
  assert.equal(join.take({ subscribed_event: {} }, PLACE)?.kind, "listening");
  assert.equal(take("0", { forward_event: { info } }), undefined);
  assert.equal(take("1", { forward_event: { info } }), undefined);
  const place = { timeMs: 5, inChannel: "1", outChannel: "2" };
  const amounts = { inAmountMsat: 1010, outAmountMsat: 1000 };
  const [failed, settled] = [
    take("1", { forward_fail_event: {} }),
    take("0", { settle_event: {} }),
  ];
  assert.deepEqual(failed, { ...place, inHtlcId: "1", ...amounts, outcome: "failed_downstream" });
  assert.deepEqual(settled, { ...place, inHtlcId: "0", ...amounts, outcome: "settled" });
  assert.equal(take("9", { settle_event: {} }), "moved", "its beginning was not heard");
  const detail = (failure_detail: string) => ({
    link_fail_event: { info, wire_failure: "FEE_INSUFFICIENT", failure_detail },
  });
  const reasons = ["INSUFFICIENT_BALANCE", "NO_DETAIL"].map((text) => {
    const news = take("2", detail(text));
    return typeof news === "object" ? news.failureReason : news;
  });
  assert.deepEqual(reasons, ["insufficient_balance", "fee_insufficient"]);
});

Deno.test("attemptFromLnd reads whose failure it was, and the terms that came with it", () => {
  const failed = (failure: unknown) =>
    attemptFromLnd({ status: "FAILED", route: { hops: [] }, failure }, PLACE).failure;
  const update = {
    chan_id: "442003674431488",
    channel_flags: 3,
    time_lock_delta: 80,
    htlc_minimum_msat: "1000",
    htlc_maximum_msat: "990000000",
    base_fee: 1000,
    fee_rate: 250,
  };
  const told = failed({
    code: "FEE_INSUFFICIENT",
    failure_source_index: 2,
    channel_update: update,
  });
  assert.deepEqual(told, {
    code: "fee_insufficient",
    atHop: 2,
    update: {
      channelId: "442003674431488",
      of: "larger_key",
      policy: {
        baseFeeMsat: 1000,
        feeRatePpm: 250,
        cltvDelta: 80,
        minHtlcMsat: 1000,
        maxHtlcMsat: 990_000_000,
        disabled: true,
      },
    },
  });
  assert.deepEqual(failed({ code: "UNREADABLE_FAILURE" }), { code: "unreadable_failure" });
  // A strange update from somebody on the way does not hide the failure.
  assert.deepEqual(failed({ code: "FEE_INSUFFICIENT", channel_update: { chan_id: "?" } }), {
    code: "fee_insufficient",
    atHop: 0,
  });
});

Deno.test("lndRoute has LND's amounts, fees and time locks", () => {
  const invoice = {
    paymentHash: "00",
    paymentRequest: "",
    paymentAddress: "ff".repeat(32),
    amountMsat: 0,
  };
  const hops = [
    { channelId: "1", node: OTHER, amountMsat: 100_026_600, cltvDelta: 80 },
    { channelId: "2", node: "c", amountMsat: 100_001_100, cltvDelta: 40 },
    { channelId: "3", node: KEY, amountMsat: 100_000_000, cltvDelta: 80 },
  ];
  const route = lndRoute(hops, invoice, 404);
  // 404 and 43 for the end; 80 for the last hop, 40 for the one before.
  assert.equal(route.total_time_lock, 567);
  assert.deepEqual(route.hops.map(({ expiry }) => expiry), [527, 447, 447]);
  assert.equal(route.hops[2].mpp_record?.total_amt_msat, "100000000");
  assert.deepEqual(route.hops.map(({ fee_msat }) => fee_msat), ["25500", "1100", "0"]);
  assert.equal(route.total_fees_msat, "26600");
});

Deno.test("shortChannelId and versions read as people write them", () => {
  assert.equal(shortChannelId("442003674431488"), "402x1x0");
  assert.equal(shortChannelId("700000x1x0"), "700000x1x0");
  assert.equal(shortChannelId("700000:1:0"), "700000x1x0");
  assert.ok(atLeast("0.21.2-beta commit=", [0, 20]));
  assert.ok(atLeast("v0.18.0-beta", [0, 18, 0]));
  assert.ok(!atLeast("0.17.5-beta", [0, 18, 0]));
  assert.throws(() => atLeast("unknown", [0]), /a version of LND/);
});
