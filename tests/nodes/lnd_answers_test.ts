import assert from "node:assert/strict";
import { EXIT, LensError, ManualClock, seededRng } from "../../lib/core/mod.ts";
import { NodeFollower, openLnd } from "../../lib/nodes/mod.ts";
import { MemorySink } from "./memory_sink.ts";
import {
  BOB,
  CAROL,
  channel,
  edge,
  FAR,
  forward,
  HEALTHY,
  type MockAnswers,
  MockLnd,
  policy,
  refusing,
  SELF,
  switchAnswer,
  TO_BOB,
  TO_CAROL,
} from "./mock_lnd.ts";

const NOW = Date.UTC(2024, 0, 10);
const ALIAS = "17592186044416000000";

/** Reads a whole node once, as `recommend` does. */
async function reading(answers: MockAnswers) {
  const mock = await MockLnd.start(answers);
  try {
    const { folder: lndDir, restServer } = mock;
    const clock = new ManualClock(NOW);
    const { node } = await openLnd({ lndDir, restServer, network: "mainnet" }, { clock });
    try {
      const sink = new MemorySink();
      const counts = await new NodeFollower({ node, sink, clock, rng: seededRng(1) }).start();
      const channels = await node.channels();
      return { counts, channels, events: sink.events, asked: mock.asked };
    } finally {
      node.close();
    }
  } finally {
    await mock.stop();
  }
}

const listing = (...channels: unknown[]) => ({ "GET /v1/channels": { channels } });
const forwarding = (...forwards: { timestamp: string }[]) => ({
  "POST /v1/switch": (page: Record<string, unknown>) => switchAnswer(forwards, page),
});
const payment = (more: Record<string, unknown> = {}) => ({
  payment_hash: "aa".repeat(32),
  status: "SUCCEEDED",
  creation_time_ns: "1704067200000000000",
  value_msat: "1000",
  fee_msat: "10",
  payment_index: "1",
  htlcs: [],
  ...more,
});
const node = (...channels: unknown[]) => ({ [`GET /v1/graph/node/${SELF}`]: { channels } });
const info = (more: Record<string, unknown>) => ({
  "GET /v1/getinfo": { ...HEALTHY["GET /v1/getinfo"], ...more },
});

Deno.test("a node is read whatever its version leaves out, adds or writes otherwise", async () => {
  const cases: [string, MockAnswers, channels: number, forwards: number][] = [
    ["a healthy node", {}, 2, 5],
    ["no channels", listing(), 0, 5],
    [
      "lists left out",
      { "GET /v1/channels": {}, "POST /v1/switch": {}, "GET /v1/payments": {} },
      0,
      0,
    ],
    [
      "null for lists",
      {
        ...listing(channel(TO_BOB, BOB, 1, { pending_htlcs: null, alias_scids: null })),
        "POST /v1/switch": { forwarding_events: null },
        "GET /v1/payments": { payments: [payment({ htlcs: null })] },
        "GET /v1/invoices": { invoices: null },
        "GET /v1/channels/closed": { channels: null },
      },
      1,
      0,
    ],
    [
      "numbers for texts",
      {
        ...listing(channel(TO_BOB, BOB, 1, { capacity: 5e6, local_balance: 4e6, chan_id: 77 })),
        ...forwarding(
          forward(1, { timestamp_ns: 1_704_067_200_123_456_789, amt_in_msat: 100_021_000 }),
        ),
      },
      1,
      1,
    ],
    [
      "texts for numbers",
      {
        ...info({ block_height: "900000" }),
        ...listing(channel(TO_BOB, BOB, 1, { pending_htlcs: [{ expiration_height: "900100" }] })),
        ...node(edge(TO_BOB, [SELF, BOB], { node1_policy: policy(5, { time_lock_delta: "40" }) })),
      },
      1,
      5,
    ],
    [
      "states that are new",
      {
        "GET /v1/payments": {
          payments: [payment({ status: "PARKED", htlcs: [{ status: "ODD", route: null }] })],
        },
        "GET /v1/invoices": { invoices: [{ r_hash: btoa("x".repeat(32)), state: "FROZEN" }] },
        "GET /v1/state": { state: "HIBERNATING" },
      },
      2,
      5,
    ],
    [
      "payments of the first versions, without a time",
      {
        "GET /v1/payments": {
          payments: [payment({
            creation_date: "-62135596800",
            creation_time_ns: "-6795364578871345152",
          })],
        },
      },
      2,
      5,
    ],
    ["no state service", { "GET /v1/state": undefined }, 2, 5],
    [
      "channels that the graph does not know",
      {
        ...node(),
        [`GET /v1/graph/edge/${TO_BOB}`]: refusing(500, "edge marked as zombie"),
        [`GET /v1/graph/edge/${TO_CAROL}`]: refusing(500, "edge not found"),
      },
      2,
      5,
    ],
    [
      "a graph that grows while it is told",
      {
        "GET /v1/graph": { nodes: [], edges: [edge(TO_BOB, [SELF, BOB], { node1_policy: null })] },
      },
      2,
      5,
    ],
    [
      "discounts for what comes in",
      {
        ...node(edge(TO_BOB, [SELF, BOB], {
          node1_policy: policy(5, {
            inbound_fee_base_msat: -1000,
            inbound_fee_rate_milli_msat: -300,
          }),
        })),
        ...forwarding(forward(1, { amt_in_msat: "100000000" })),
      },
      2,
      1,
    ],
    [
      "limits beyond reason, and a channel of others that makes no sense",
      {
        ...node(edge(TO_BOB, [SELF, BOB], {
          node2_policy: policy(5, { max_htlc_msat: "18446744073709551615", min_htlc: "0" }),
        })),
        "GET /v1/graph": {
          nodes: [],
          edges: [
            edge(TO_BOB, [SELF, BOB]),
            edge(FAR, [BOB, CAROL], { capacity: "none" }),
          ],
        },
      },
      2,
      5,
    ],
    ["two channels to one peer", listing(channel(TO_BOB, BOB, 1), channel(TO_CAROL, BOB, 1)), 2, 5],
  ];
  for (const [what, answers, channels, forwards] of cases) {
    const found = await reading(answers);
    assert.deepEqual([found.channels.length, found.counts.forwards], [channels, forwards], what);
    assert.ok(found.events.every(({ timeMs }) => timeMs > 0), what);
  }
});

Deno.test("a node that can't be read ends in one sentence with its exit code", async () => {
  const cutOff = {
    "GET /v1/channels": (_: unknown, response: { end(text: string): void }) =>
      response.end('{"channels":['),
  };
  const full = Array.from({ length: 1000 }, (_, i) => forward(1, { incoming_htlc_id: String(i) }));
  const pages = Array.from({ length: 500 }, (_, i) => payment({ payment_index: String(i + 1) }));
  const cases: [MockAnswers, number, RegExp][] = [
    [{ "GET /v1/channels": refusing(500, "boom") }, EXIT.unreachable, /can't answer .*"boom"/],
    [
      { "GET /v1/channels": { code: 2, message: "boom" } },
      EXIT.unreachable,
      /can't answer .*"boom"/,
    ],
    [cutOff, EXIT.input, /the answer broke off/],
    [{ "GET /v1/graph": { error: { message: "boom" } } }, EXIT.input, /boom.*expected a graph/],
    [
      { "POST /v1/switch": refusing(501, "unknown method") },
      EXIT.input,
      /expected LND 0\.18\.0 or later/,
    ],
    [info({ version: "master" }), EXIT.input, /found "master", expected a version of LND/],
    [info({ chains: [] }), EXIT.input, /chains/],
    [{ "POST /v1/switch": { forwarding_events: full } }, EXIT.input, /the same page again/],
    [{ "GET /v1/payments": { payments: pages } }, EXIT.input, /the same page again/],
    [
      listing(channel(TO_BOB, BOB, 1, { capacity: "much" })),
      EXIT.input,
      /channels\.0\.capacity: found "much", expected a whole number/,
    ],
  ];
  for (const [answers, exitCode, says] of cases) {
    await assert.rejects(reading(answers), (error) => {
      assert.ok(error instanceof LensError, String(error));
      assert.match(error.message, says);
      assert.deepEqual(
        [error.exitCode, error.message.includes("\n")],
        [exitCode, false],
        error.message,
      );
      return true;
    });
  }
});

Deno.test("a zero-conf channel has one name in list, history and graph", async () => {
  const { channels, events } = await reading({
    ...listing(
      channel(ALIAS, BOB, 4e6, { zero_conf_confirmed_scid: TO_BOB, alias_scids: [ALIAS] }),
      channel(TO_CAROL, CAROL, 1e5),
    ),
    ...forwarding(forward(1, { chan_id_in: ALIAS })),
  });
  assert.deepEqual(channels.map(({ channelId }) => channelId), [TO_BOB, TO_CAROL]);
  assert.ok(channels.every(({ localPolicy }) => localPolicy?.feeRatePpm === 100));
  const forwards = events.flatMap((event) => event.kind === "forward" ? [event.forward] : []);
  assert.deepEqual(forwards.map(({ inChannel }) => inChannel), [TO_BOB]);
});

Deno.test("what is under way for ever does not keep the rest of a history from being left behind", async () => {
  const days = (n: number) => String(NOW / 1000 - n * 86_400);
  const mock = await MockLnd.start({
    "GET /v1/payments": {
      payments: [payment({ status: "IN_FLIGHT", creation_time_ns: `${days(30)}000000000` })],
    },
    "GET /v1/invoices": {
      invoices: [{
        ...{ r_hash: btoa("x".repeat(32)), state: "OPEN", add_index: "9" },
        ...{ creation_date: days(2), expiry: "31536000" },
      }],
    },
  });
  const { folder: lndDir, restServer } = mock;
  const settings = { lndDir, restServer, network: "mainnet" };
  const { node } = await openLnd(settings, { clock: new ManualClock(NOW) });
  assert.equal((await node.payments({ from: 0, limit: 10 })).resume, 1);
  assert.equal((await node.receipts({ from: 0, limit: 10 }))?.resume, 9);
  node.close();
  await mock.stop();
});
