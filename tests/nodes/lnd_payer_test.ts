import assert from "node:assert/strict";
import { LensError, RefusedError, Secret } from "../../lib/core/mod.ts";
import { LndConnection, LndPayer, type PaymentOutcome } from "../../lib/nodes/mod.ts";
import { BOB, HANGING, lines, type MockAnswers, MockLnd, refusing, TO_BOB } from "./mock_lnd.ts";

const HASH = "ab".repeat(32);
const INVOICE = {
  paymentHash: HASH,
  paymentRequest: "lnbc",
  paymentAddress: HASH,
  amountMsat: 1000,
};
const SEND = "POST /v2/router/send", ALONG = "POST /v2/router/route/send";
const TRACK = `GET /v2/router/track/${
  Uint8Array.fromHex(HASH).toBase64({ alphabet: "base64url" })
}`;

const payment = (status: string, more: Record<string, unknown> = {}) => ({
  result: { payment_hash: HASH, status, value_msat: "1000", fee_msat: "7", ...more },
});
const fault = (message: string) => ({ error: { code: 2, message, details: [] } });

/** What an answer comes to: the status of the outcome, or `refused` or `lost` where it rejects. */
async function ending(
  answers: MockAnswers,
  ask: (payer: LndPayer) => Promise<PaymentOutcome>,
): Promise<string> {
  const mock = await MockLnd.start(answers);
  const payer = new LndPayer(
    new LndConnection({
      ...{ address: "https://mock", host: "127.0.0.1", macaroon: new Secret("ab"), silenceMs: 300 },
      port: Number(mock.restServer.split(":")[1]),
      certificate: Deno.readTextFileSync("tests/fixtures/tls/cert.pem"),
    }),
  );
  try {
    return (await ask(payer)).status;
  } catch (error) {
    assert.ok(error instanceof LensError, String(error));
    return error instanceof RefusedError ? "refused" : "lost";
  } finally {
    payer.close();
    await mock.stop();
  }
}

const order = { invoice: INVOICE, sourceChannels: [TO_BOB], targetPeer: BOB };
const rebalance = (payer: LndPayer) =>
  payer.rebalance({ ...order, feeLimitMsat: 10, maxParts: 1, timeoutMs: 1000 });
const sendAlong = (payer: LndPayer) =>
  payer.sendAlong({
    invoice: INVOICE,
    hops: [{ channelId: TO_BOB, node: BOB, amountMsat: 1000, cltvDelta: 40 }],
    blockHeight: 1,
  });
const track = (payer: LndPayer) => payer.track(HASH, 300);

Deno.test("LndPayer takes a payment for ended or never begun only where LND says so", async () => {
  const cases: [string, MockAnswers, (payer: LndPayer) => Promise<PaymentOutcome>, string][] = [
    ["it settled", { [SEND]: lines([payment("SUCCEEDED")]) }, rebalance, "succeeded"],
    [
      "it failed",
      { [SEND]: lines([payment("IN_FLIGHT"), payment("FAILED")]) },
      rebalance,
      "failed",
    ],
    ["it ended without an end", { [SEND]: lines([payment("IN_FLIGHT")]) }, rebalance, "in_flight"],
    ["it said nothing", { [SEND]: lines([]) }, rebalance, "in_flight"],
    ["it broke off", { [SEND]: lines([payment("IN_FLIGHT")], "break") }, rebalance, "in_flight"],
    ["a state that is new", { [SEND]: lines([payment("PARKED")]) }, rebalance, "in_flight"],
    ["half a line", { [SEND]: lines(['{"result":{"status":"FAI']) }, rebalance, "lost"],
    ["a fault in the stream", { [SEND]: lines([fault("boom")]) }, rebalance, "lost"],
    ["a refusal in the stream", { [SEND]: lines([fault("permission denied")]) }, rebalance, "lost"],
    ["a refusal", { [SEND]: refusing(500, "permission denied") }, rebalance, "refused"],
    ["a fault", { [SEND]: refusing(500, "boom") }, rebalance, "lost"],
    ["no such method", { [ALONG]: undefined }, sendAlong, "refused"],
    [
      "no such method, said otherwise",
      { [ALONG]: refusing(501, "unknown method SendToRouteV2") },
      sendAlong,
      "refused",
    ],
    ["a fault on the way", { [ALONG]: refusing(500, "channel not found") }, sendAlong, "lost"],
    [
      "a fault with a good status",
      { [ALONG]: fault("payment is in transition") },
      sendAlong,
      "lost",
    ],
    ["no answer", { [ALONG]: () => HANGING }, sendAlong, "in_flight"],
    ["half an answer", { [ALONG]: lines(['{"status":'], "stay") }, sendAlong, "in_flight"],
    [
      "an attempt that failed",
      { [ALONG]: { status: "FAILED", failure: null } },
      sendAlong,
      "failed",
    ],
    ["an attempt in a new state", { [ALONG]: { status: "PARKED" } }, sendAlong, "in_flight"],
    ["nobody knows it", { [TRACK]: refusing(404, "payment isn't initiated") }, track, "unknown"],
    [
      "nobody knows it, in the stream",
      { [TRACK]: lines([fault("payment isn't initiated")]) },
      track,
      "unknown",
    ],
    ["a gateway without the method", { [TRACK]: refusing(404, "Not Found") }, track, "lost"],
    ["no such path", { [TRACK]: undefined }, track, "lost"],
    [
      "something else is not there",
      { [TRACK]: lines([fault("unable to find the peer")]) },
      track,
      "lost",
    ],
    ["it is under way", { [TRACK]: lines([], "stay") }, track, "in_flight"],
    ["it can't be tracked", { [TRACK]: refusing(500, "permission denied") }, track, "refused"],
  ];
  for (const [what, answers, ask, expected] of cases) {
    assert.equal(await ending(answers, ask), expected, what);
  }
});
