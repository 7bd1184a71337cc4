import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../lib/cli/mod.ts";
import { EXIT, HOUR_MS } from "../../lib/core/mod.ts";
import { KillSwitch, SpendingLedger } from "../../lib/execution/mod.ts";
import { PAYING_PERMISSIONS } from "../../lib/nodes/mod.ts";
import { macaroonOf } from "../nodes/macaroon_bytes.ts";
import {
  BOB,
  CAROL,
  channel,
  edge,
  FAR,
  forward,
  HEALTHY,
  lines,
  type MockAnswers,
  MockLnd,
  policy,
  refusing,
  SELF,
  switchAnswer,
  TO_BOB,
  TO_CAROL,
} from "../nodes/mock_lnd.ts";
import { captured } from "./captured.ts";

const INVOICE = "POST /v1/invoices", SEND = "POST /v2/router/route/send";

/** Five days of forwards to carol, where little is left; ways back by her cost next to nothing. */
function wanting(): MockAnswers {
  const hours = (Date.now() - Date.UTC(2024, 0, 1)) / HOUR_MS;
  const forwards = Array.from(
    { length: 120 },
    (_, i) => forward(hours - 120 + i, { amt_in_msat: "100100000" }),
  );
  const cheap = { node1_policy: policy(1000), node2_policy: policy(1, { fee_base_msat: "0" }) };
  const edges = [
    edge(TO_BOB, [SELF, BOB], cheap),
    edge(TO_CAROL, [SELF, CAROL], cheap),
    edge(FAR, [BOB, CAROL], { node1_policy: policy(1), node2_policy: policy(1) }),
  ];
  return {
    [`GET /v1/graph/node/${SELF}`]: { node: null, channels: edges.slice(0, 2) },
    "GET /v1/graph": { ...HEALTHY["GET /v1/graph"], edges },
    "POST /v1/switch": (page) => switchAnswer(forwards, page),
  };
}

/** A node that pays itself: every route works, or none does. */
function paying(works: boolean): MockAnswers {
  let invoices = 0, movedSat = 0;
  return {
    ...wanting(),
    "GET /v1/channels": () => ({
      channels: [channel(TO_BOB, BOB, 4e6 - movedSat), channel(TO_CAROL, CAROL, 1e5 + movedSat)],
    }),
    [INVOICE]: () => {
      const hash = new Uint8Array(32).fill(++invoices).toBase64();
      return { r_hash: hash, payment_request: "lnbc", payment_addr: hash };
    },
    [SEND]: ({ route }) => {
      const { hops } = route as { hops: { amt_to_forward_msat: string }[] };
      if (works) movedSat += Number(hops.at(-1)!.amt_to_forward_msat) / 1000;
      const failure = { code: "TEMPORARY_CHANNEL_FAILURE", failure_source_index: 1 };
      return works ? { status: "SUCCEEDED", route } : { status: "FAILED", route, failure };
    },
  };
}

/** Runs of `rebalance --execute` at one node that answers so. */
async function atNode<T>(
  answers: MockAnswers,
  work: (mock: MockLnd, run: (...args: string[]) => ReturnType<typeof told>) => Promise<T>,
): Promise<T> {
  const mock = await MockLnd.start(answers);
  try {
    const path = join(mock.folder, "pay.macaroon");
    const allowed = PAYING_PERMISSIONS.map((text): [string, string] => {
      const [entity, ...action] = text.split(":");
      return [entity, action.join(":")];
    });
    await Deno.writeFile(path, macaroonOf(allowed), { mode: 0o600 });
    const limits = ["--budget-sat-per-day=100", "--max-fee-sat=50", "--max-fee-ppm=500"];
    const paying = ["--execute", "--yes", "--payment-macaroonpath", path];
    return await work(
      mock,
      (...args) => told(mock, ["rebalance", ...mock.options, ...paying, ...limits, ...args]),
    );
  } finally {
    await mock.stop();
  }
}

/** What a command tells, and what the ledger says after it. */
async function told({ folder, asked }: MockLnd, argv: string[]) {
  const output = await captured(() => runProgram(argv));
  const ledger = SpendingLedger.open(folder);
  const spent = ledger.spending(Date.now());
  ledger.close();
  return { ...output, ...spent, asked: asked.splice(0) };
}

/** One run at a node that answers so. */
const executed = (answers: MockAnswers, ...args: string[]) =>
  atNode(answers, (_, run) => run(...args));

Deno.test("rebalance --execute pays along a route for which everything was set aside, and ends with 0", async () => {
  const { code, lines, asked, settledMsat, reservedMsat } = await executed(paying(true));
  assert.equal(code, EXIT.done);
  assert.ok(asked.indexOf(INVOICE) >= 0 && asked.indexOf(INVOICE) < asked.indexOf(SEND));
  assert.match(lines.join("\n"), /applied, [\d.]+ M sat for [\d.]+ sat in 1 attempt\nMoved /);
  assert.ok(settledMsat > 0 && settledMsat <= 50_000, String(settledMsat));
  assert.equal(reservedMsat, 0);
});

Deno.test("rebalance --execute ends with 1 where it tried and moved nothing", async () => {
  const { code, lines, errors, asked, ...spent } = await executed(paying(false), "--json");
  assert.equal(code, EXIT.failed);
  const { results: [result] } = JSON.parse(lines.join("\n"));
  assert.deepEqual([result.status, result.amount_msat], ["failed", 0]);
  assert.match(errors.join(), /nothing was moved: 1 failed, 0 refused/);
  assert.ok(asked.includes(SEND));
  assert.deepEqual(spent, { settledMsat: 0, reservedMsat: 0 });
});

Deno.test("rebalance --execute ends with 5 where budget or kill switch refuse, and asks for no invoice", async () => {
  const poor = await executed(paying(true), "--budget-sat-per-day=4");
  assert.equal(poor.code, EXIT.refused);
  assert.match(poor.lines.join(), /refused, .*\(the budget of 4 sat in 24 hours has 4 sat left/);
  const stopped = await atNode(paying(true), (mock, run) => {
    new KillSwitch(mock.folder).engage();
    return run();
  });
  assert.equal(stopped.code, EXIT.refused);
  assert.match(stopped.errors.join(), /rebalancing is stopped/);
  assert.deepEqual([poor.asked.includes(INVOICE), stopped.asked], [false, []]);
});

Deno.test("rebalance --execute ends with 0 where nothing is to be done, and says so to programs as well", async () => {
  const { code, lines, asked } = await executed({}, "--json");
  assert.deepEqual([code, JSON.parse(lines.join("\n"))], [EXIT.done, { results: [] }]);
  assert.ok(!asked.includes(INVOICE));
});

Deno.test("rebalance --execute --dry-run shows the plan, and carries nothing out", async () => {
  const { code, lines, asked } = await executed(paying(true), "--dry-run", "--json");
  assert.deepEqual([code, JSON.parse(lines.join("\n")).suggestions.length], [EXIT.done, 1]);
  assert.ok(!asked.includes(INVOICE));
});

Deno.test("rebalance --execute spends nothing while the end of an earlier payment is not known", () =>
  atNode({ ...paying(true), [SEND]: refusing(500, "boom") }, async (mock, run) => {
    const first = await run();
    assert.equal(first.code, EXIT.failed);
    assert.match(first.lines.join(), /failed, .* \(a payment is still in flight\)/);
    assert.deepEqual([first.settledMsat, first.reservedMsat], [0, 50_000]);
    // A gateway without the method knows nothing of payments: that says nothing.
    const second = await run();
    assert.equal(second.code, EXIT.refused);
    assert.match(second.errors.join(), /the end of a payment is not known yet/);
    assert.deepEqual([second.asked.includes(SEND), second.reservedMsat], [false, 50_000]);
    const payment_hash = "01".repeat(32);
    const track = `GET /v2/router/track/${
      Uint8Array.fromHex(payment_hash).toBase64({
        alphabet: "base64url",
      })
    }`;
    const found = { payment_hash, status: "SUCCEEDED", value_msat: "1000000", fee_msat: "7000" };
    Object.assign(mock.answers, paying(true), { [track]: lines([{ result: found }]) });
    const third = await run();
    assert.deepEqual([third.code, third.settledMsat, third.reservedMsat], [EXIT.done, 7000, 0]);
    assert.ok(!third.asked.includes(SEND), "it moved something: the channel cools down");
  }));
