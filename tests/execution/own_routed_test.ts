import assert from "node:assert/strict";
import { DAY_MS, MINUTE_MS, RefusedError, UnreachableError } from "../../lib/core/mod.ts";
import { EXECUTION_DEFAULTS, RouteKnowledge, ROUTES_NAME } from "../../lib/execution/mod.ts";
import { type Network, networkFromDescribegraph } from "../../lib/network/mod.ts";
import type { RouteTask } from "../../lib/execution/route_search.ts";
import type { RouteOrder } from "../../lib/nodes/mod.ts";
import { graphAround } from "./fake_node.ts";
import { arrived, setUp, START, turnedBack } from "./obedient_node.ts";
import { suggestionOf } from "./suggestions.ts";

const suggestion = (id = "s") => suggestionOf(id, START + DAY_MS);
const way = ({ hops }: RouteOrder) => hops.map(({ channelId }) => channelId).join(" ");
const cost = ({ hops }: RouteOrder) => hops[0].amountMsat - hops.at(-1)!.amountMsat;
const full = { code: "temporary_channel_failure" };

function ownRoutes(options: Parameters<typeof setUp>[0] = {}, graph = graphAround()) {
  return { graph, ...setUp(options, new RouteKnowledge(() => graph)) };
}

/** Alice's to bob, and bob's back to the node. */
function directionsOf(graph: Network) {
  const from = (node: string, channel: string) =>
    graph.directionFrom(graph.nodeOf(node)!, graph.channelOf(channel)!)!;
  return { direct: from("alice", "direct"), back: from("bob", "target") };
}

Deno.test("Executor tries one route after the other with one invoice, and remembers what failed", async () => {
  const { executor, node, ledger, steps } = ownRoutes();
  node.answerRoute = (order) =>
    way(order).includes("to-erin") || order.hops.at(-1)!.amountMsat < 100_000_000
      ? arrived(order)
      : turnedBack(order, { ...full, atHop: 1 });
  const result = await executor.execute(suggestion());
  assert.deepEqual([result.status, result.amountMsat, result.reason], [
    "applied",
    100_000_000,
    undefined,
  ]);
  assert.equal(way(node.sent[0]), "source direct target", "the cheapest first");
  assert.equal(new Set(node.sent.map(way)).size, node.sent.length, "none twice");
  assert.deepEqual(new Set(node.sent.map(({ invoice }) => invoice.paymentHash)).size, 1);
  assert.deepEqual(result.tries?.map(({ settled, failedHop }) => [settled, failedHop]), [
    ...node.sent.slice(1).map(() => [false, 1]),
    [true, undefined],
  ]);
  assert.equal(result.attempts, node.sent.length);
  const told = steps.map(({ tries, underWay }) => ({ tries: tries.length, underWay }));
  assert.deepEqual(
    told.map(({ tries, underWay }) => [tries, underWay.map(({ channels }) => channels.join(" "))]),
    node.sent.flatMap((order, i) => [[i, [way(order)]], [i + 1, []]]),
  );
  assert.equal(result.feeMsat, cost(node.sent.at(-1)!));
  assert.deepEqual(ledger.spending(START), { settledMsat: result.feeMsat, reservedMsat: 0 });
  node.sent = [];
  await executor.execute(suggestion("next"));
  assert.equal(node.sent.length, 1, "what failed an instant ago is not asked again");
});

Deno.test("Executor sends hops with amounts, time locks and ends that lnd takes", async () => {
  const { executor, node } = ownRoutes();
  await executor.execute(suggestion());
  const [{ hops, blockHeight, invoice }] = node.sent;
  assert.equal(blockHeight, 404);
  assert.equal(invoice.amountMsat, 0, "any amount");
  assert.deepEqual(hops.map(({ node }) => node), ["alice", "bob", "node"]);
  // Bob takes 100 ppm for the way back, alice 50 for the way to bob.
  assert.deepEqual(hops.map(({ amountMsat }) => amountMsat), [100_015_000, 100_010_000, 100e6]);
  assert.deepEqual(hops.map(({ cltvDelta }) => cltvDelta), [40, 40, 40]);
});

Deno.test("Executor moves in parts what no route carries whole, each within its share of the limit", async () => {
  const { executor, node, ledger } = ownRoutes();
  node.answerRoute = (order) =>
    order.hops[1].amountMsat > 60_000_000
      ? turnedBack(order, { ...full, atHop: 1 })
      : arrived(order);
  const result = await executor.execute(suggestion());
  assert.equal(result.amountMsat, 100_000_000);
  const settled = ledger.attemptsOf("s").filter(({ state }) => state === "settled");
  assert.ok(settled.length >= 2);
  assert.equal(settled.reduce((sum, { amountMsat }) => sum + amountMsat, 0), 100_000_000);
  for (const order of node.sent) {
    assert.ok(cost(order) <= 80_000 * order.hops.at(-1)!.amountMsat / 100_000_000);
  }
});

Deno.test("Executor sends no route that costs more than the lowest of all limits", async () => {
  const cheap = ownRoutes({ maxFeePpm: 149 });
  const result = await cheap.executor.execute(suggestion());
  assert.deepEqual([result.status, result.reason], ["failed", "no route within the fee limit"]);
  assert.deepEqual([cheap.node.sent.length, cheap.node.invoices], [0, 0]);
  const poor = ownRoutes({ budgetSatPerDay: 79 });
  assert.match((await poor.executor.execute(suggestion())).reason!, /79 sat left, 80 sat could/);
  assert.equal(poor.node.sent.length, 0);
});

Deno.test("Executor pays a route again at the terms that its failure told", async () => {
  const { executor, node, graph } = ownRoutes();
  const { direct } = directionsOf(graph);
  const policy = { ...graph.policy(direct)!, feeRatePpm: 55 };
  const update = { channelId: "direct", of: "smaller_key" as const, policy };
  node.answerRoute = (order) =>
    cost(order) < 15_500
      ? turnedBack(order, { code: "fee_insufficient", atHop: 1, update })
      : arrived(order);
  const result = await executor.execute(suggestion());
  assert.deepEqual(node.sent.map(way), ["source direct target", "source direct target"]);
  assert.equal(result.feeMsat, 15_500);
});

Deno.test("Executor takes no terms of another channel, and the same ones again are no news", async () => {
  for (const [channelId, feeRatePpm] of [["target", 55], ["direct", 50]] as const) {
    const { executor, node, graph } = ownRoutes();
    const { direct, back } = directionsOf(graph);
    const before = [graph.policy(direct), graph.policy(back)];
    const policy = { ...graph.policy(direct)!, feeRatePpm };
    const update = { channelId, of: "smaller_key" as const, policy };
    node.answerRoute = (order) =>
      way(order).includes("direct")
        ? turnedBack(order, { code: "fee_insufficient", atHop: 1, update })
        : arrived(order);
    const result = await executor.execute(suggestion());
    assert.equal(node.sent.filter((order) => way(order).includes("direct")).length, 1);
    assert.equal(result.status, "applied");
    assert.deepEqual([graph.policy(direct), graph.policy(back)], before);
  }
});

Deno.test("Executor stops at once when a route's end is not known, and believes no failure before the invoice expired", async () => {
  const { executor, node, ledger, clock } = ownRoutes();
  const outcomes = [
    (order: RouteOrder) => turnedBack(order, { ...full, atHop: 1 }),
    () => ({ status: "in_flight" as const }),
  ];
  node.answerRoute = (order) => outcomes.shift()!(order);
  const result = await executor.execute(suggestion("a"));
  assert.match(result.reason!, /still in flight/);
  assert.equal(ledger.spending(START).reservedMsat, 80_000);
  // What the node tells may be of the first route; the second may be about to arrive.
  node.tracked = () => ({ status: "failed", reason: "error", attempts: [] });
  assert.match((await executor.execute(suggestion("b"))).reason!, /still in flight/);
  clock.advanceTo(clock.nowMs() + EXECUTION_DEFAULTS.invoiceExpiryMs + 2 * MINUTE_MS);
  assert.deepEqual(await executor.recover(), { settled: 0, failed: 1, open: 0 });
});

Deno.test("Executor gives nothing back that a lost connection may have sent", async () => {
  const { executor, node, ledger } = ownRoutes();
  node.sendAlong = () => Promise.reject(new UnreachableError("the connection was lost"));
  assert.match((await executor.execute(suggestion())).reason!, /still in flight/);
  assert.equal(ledger.open().length, 1);
  const { amountMsat, feeMsat } = { amountMsat: 50_000_000, feeMsat: 7000 };
  node.tracked = () => ({ status: "succeeded", amountMsat, feeMsat, attempts: [] });
  assert.equal((await executor.recover()).settled, 1);
  assert.deepEqual(ledger.attemptsOf("s").map((a) => [a.amountMsat, a.feeMsat]), [
    [amountMsat, feeMsat],
  ]);
});

Deno.test("Executor looks at the kill switch, the channels and the time before each route", async () => {
  const cases: [(set: ReturnType<typeof ownRoutes>) => void, RegExp][] = [
    [({ killSwitch }) => killSwitch.engaged = true, /kill switch/],
    [({ node }) => node.list[1].pendingHtlcs = 21, /21 HTLCs under way/],
    [({ node }) => node.list.shift(), /source channel source is not open/],
    [({ clock }) => clock.advanceTo(clock.nowMs() + EXECUTION_DEFAULTS.deadlineMs), /expired/],
  ];
  for (const [change, reason] of cases) {
    const set = ownRoutes();
    set.node.answerRoute = (order) => {
      change(set);
      return turnedBack(order, { ...full, atHop: 1 });
    };
    const result = await set.executor.execute(suggestion());
    assert.match(result.reason!, reason);
    assert.equal(set.node.sent.length, 1);
    assert.deepEqual(set.ledger.spending(START), { settledMsat: 0, reservedMsat: 0 });
    assert.deepEqual(set.node.forgotten, ["hash-1"]);
  }
});

Deno.test("Executor makes a new invoice before the old one runs out", async () => {
  const { executor, node, clock, ledger } = ownRoutes();
  node.answerRoute = (order) => {
    clock.advanceTo(clock.nowMs() + 50_000);
    return turnedBack(order, { ...full, atHop: order.hops.length - 2 });
  };
  await executor.execute(suggestion());
  const hashes = node.sent.map(({ invoice }) => invoice.paymentHash);
  assert.deepEqual(hashes.slice(0, 4), ["hash-1", "hash-1", "hash-1", "hash-2"]);
  assert.ok(ledger.attemptsOf("s").every(({ state }) => state === "failed"));
});

Deno.test("Executor lets the node find ways between channels that the graph does not know", async () => {
  const empty = networkFromDescribegraph({ nodes: [], edges: [] }, "graph");
  const { executor, node } = ownRoutes({}, empty);
  const result = await executor.execute(suggestion());
  assert.deepEqual([result.status, node.sent.length, node.paid.length], ["applied", 0, 1]);
});

Deno.test("RouteKnowledge keeps what was learned over restarts and new graphs, and starts anew from a broken file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = setUp({}, await RouteKnowledge.open(folder, graphAround));
    const stuck = (order: RouteOrder) => turnedBack(order, { ...full, atHop: 1 });
    first.node.answerRoute = stuck;
    await first.executor.execute(suggestion());
    const tried = first.node.sent.map(way);
    assert.ok(tried.length > 4);
    const second = setUp({}, await RouteKnowledge.open(folder, graphAround));
    const result = await second.executor.execute(suggestion());
    assert.deepEqual([second.node.sent.length, result.status], [0, "failed"]);
    await Deno.writeTextFile(`${folder}/${ROUTES_NAME}`, "{");
    const third = setUp({}, await RouteKnowledge.open(folder, graphAround));
    third.node.answerRoute = stuck;
    await third.executor.execute(suggestion());
    assert.deepEqual(third.node.sent.map(way), tried);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Executor gives back what it set aside where the node refuses to send at all", async () => {
  const { executor, node, ledger } = ownRoutes();
  node.answerRoute = () => {
    throw new RefusedError("it has no SendToRouteV2: say --path-finding lnd");
  };
  const result = await executor.execute(suggestion());
  assert.deepEqual([result.status, node.sent.length], ["failed", 1]);
  assert.match(result.reason!, /--path-finding lnd/);
  assert.deepEqual(ledger.spending(START), { settledMsat: 0, reservedMsat: 0 });
  assert.deepEqual(ledger.unfinished(), []);
});

Deno.test("Executor sends no route that moves or costs more than it may, whatever the search thinks", async () => {
  const tenTimes = (task: RouteTask) => ({ ...task, capMsat: 10 * task.capMsat });
  const twice = ({ suggestion, ...task }: RouteTask) => ({
    ...task,
    capMsat: 10 * task.capMsat,
    suggestion: { ...suggestion, amountMsat: 2 * suggestion.amountMsat },
  });
  const { search } = RouteKnowledge.prototype;
  for (const [wrong, feeLimitMsat] of [[tenTimes, 10_000], [twice, 80_000]] as const) {
    const { executor, node, ledger } = ownRoutes();
    RouteKnowledge.prototype.search = function (task, settings) {
      return search.call(this, wrong(task), settings);
    };
    try {
      const result = await executor.execute({ ...suggestion(), feeLimitMsat });
      assert.match(result.reason!, /moves or costs more than it may/);
      assert.deepEqual([node.sent, node.invoices], [[], 0]);
      assert.deepEqual(ledger.spending(START), { settledMsat: 0, reservedMsat: 0 });
    } finally {
      RouteKnowledge.prototype.search = search;
    }
  }
});
