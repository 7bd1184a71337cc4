import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import {
  createRouter,
  initialBalances,
  type Network,
  type Route,
  type Router,
  ROUTER_KINDS,
} from "../../lib/network/mod.ts";
import { NEVER, SenderMemory } from "../../lib/network/routers/sender_memory.ts";
import { randomNetwork, smallNetwork } from "./helpers.ts";

const NODES = 80;

/** Requests of random senders, each `begin` told and own channels known. */
function* requests(network: Network, router: Router, seed: number, count = 40) {
  const rng = seededRng(seed);
  const balances = initialBalances(network, rng);
  for (let i = 0; i < count; i++) {
    const sender = rng.int(NODES), receiver = (sender + 1 + rng.int(NODES - 1)) % NODES;
    const amountMsat = Math.round(Math.exp(10 + rng.normal())) * 1000;
    const begin = (nowMs: number) => {
      router.begin(sender, nowMs);
      for (const out of network.directionsFrom(sender)) {
        router.learnExact(out, balances.availableMsat(out));
        router.learnExact(out ^ 1, balances.availableMsat(out ^ 1));
      }
    };
    begin(i * 1000);
    yield {
      request: { sender, receiver, amountMsat, feeLimitMsat: amountMsat / 50 + 5000 },
      nowMs: i * 1000,
      balances,
      begin,
    };
  }
}

function checkRoute(network: Network, route: Route, from: number, to: number, amountMsat: number) {
  const { directions, amountsMsat } = route;
  assert.equal(network.source[directions[0]], from);
  assert.equal(network.source[directions.at(-1)! ^ 1], to);
  assert.equal(amountsMsat.at(-1), amountMsat);
  assert.equal(route.feeMsat, amountsMsat[0] - amountMsat);
  assert(route.probability > 0 && route.probability <= 1);
  for (let hop = 1; hop < directions.length; hop++) {
    assert.equal(network.source[directions[hop - 1] ^ 1], network.source[directions[hop]]);
    assert(network.carries(directions[hop], amountsMsat[hop]));
    const fee = network.feeMsat(directions[hop], amountsMsat[hop]);
    assert.equal(amountsMsat[hop - 1], amountsMsat[hop] + fee);
  }
}

for (const kind of ROUTER_KINDS) {
  Deno.test(`Router ${kind}: routes are connected, carry their amounts and keep the limits`, () => {
    const network = randomNetwork(NODES, 1);
    const router = createRouter(kind, network);
    assert.equal(router.kind, kind);
    let found = 0;
    for (const { request, balances } of requests(network, router, 1, 80)) {
      const route = router.findRoute(request);
      if (route === undefined) continue;
      found++;
      checkRoute(network, route, request.sender, request.receiver, request.amountMsat);
      assert(route.feeMsat <= request.feeLimitMsat);
      assert(route.amountsMsat[0] <= balances.availableMsat(route.directions[0]));
      const fewer = router.findRoute({ ...request, maxHops: route.directions.length - 1 });
      assert(fewer === undefined || fewer.directions.length < route.directions.length);
      if (route.feeMsat === 0) continue;
      const cheaper = router.findRoute({ ...request, feeLimitMsat: route.feeMsat - 1 });
      assert(cheaper === undefined || cheaper.feeMsat < route.feeMsat);
    }
    assert(found > 20, `${found} routes`);
  });

  Deno.test(`Router ${kind}: circular routes leave and come back by the channels told`, () => {
    const network = randomNetwork(NODES, 2);
    const router = createRouter(kind, network);
    const rng = seededRng(2);
    let found = 0;
    for (let i = 0; i < 200; i++) {
      const targetChannel = rng.int(network.channelCount);
      const node = network.source[2 * targetChannel];
      const outs = network.directionsFrom(node);
      const sourceChannel = outs[rng.int(outs.length)] >> 1;
      router.begin(node, i);
      const amountMsat = 20_000_000;
      const route = router.findCircularRoute({ node, sourceChannel, targetChannel, amountMsat });
      if (route === undefined) continue;
      found++;
      checkRoute(network, route, node, node, amountMsat);
      assert.equal(route.directions[0] >> 1, sourceChannel);
      assert.equal(route.directions.at(-1)! >> 1, targetChannel);
    }
    assert(found > 20, `${found} routes`);
  });

  Deno.test(`Router ${kind}: a hop that failed is not asked for as much again at once`, () => {
    const network = randomNetwork(NODES, 3);
    const router = createRouter(kind, network);
    let failed = 0, another = 0;
    for (const { request, nowMs, begin } of requests(network, router, 3)) {
      const first = router.findRoute(request);
      if (first === undefined || first.directions.length < 2) continue;
      failed++;
      const failedHop = 1 + failed % (first.directions.length - 1);
      const report = {
        route: first,
        settled: false,
        failedHop,
        down: failed % 2 === 0,
      } as const;
      router.learn(request.sender, report, nowMs);
      for (const anew of [false, true]) {
        if (anew) begin(nowMs + 500);
        const second = router.findRoute(request);
        if (second === undefined) continue;
        another++;
        const again = second.directions.indexOf(first.directions[failedHop]);
        if (again === -1) continue;
        assert(!report.down && second.amountsMsat[again] < first.amountsMsat[failedHop]);
      }
    }
    assert(failed > 10 && another > 10, `${failed} failed, ${another} others`);
  });

  Deno.test(`Router ${kind}: what one sender learns another doesn't know, and it fades`, () => {
    const network = smallNetwork("s-a:0/0", "t-a:0/0", "a-r:0/0");
    const router = createRouter(kind, network);
    const [s, t, r] = ["s", "t", "r"].map((id) => network.nodeOf(id)!);
    const amountMsat = 1_000_000;
    router.begin(s, 0);
    const route = router.findRoute({ sender: s, receiver: r, amountMsat })!;
    const report = { route, settled: false, failedHop: 1, down: true } as const;
    router.learn(s, report, 10);
    assert.equal(router.findRoute({ sender: s, receiver: r, amountMsat }), undefined);
    router.begin(t, 20);
    assert(router.findRoute({ sender: t, receiver: r, amountMsat }));
    router.learn(s, report, 20);
    assert(router.findRoute({ sender: t, receiver: r, amountMsat }));
    router.begin(s, 60 * DAY_MS);
    assert(router.findRoute({ sender: s, receiver: r, amountMsat }));
  });

  Deno.test(`Router ${kind}: nowhere to go is undefined, not an error`, () => {
    const network = smallNetwork("s-a:0/0", "b-r:0/0", "s-c:0/0", "c-d:0/0");
    const router = createRouter(kind, network);
    const [s, r, d] = ["s", "r", "d"].map((id) => network.nodeOf(id)!);
    router.begin(s, 0);
    assert.equal(router.findRoute({ sender: s, receiver: r, amountMsat: 1000 }), undefined);
    assert.equal(router.findRoute({ sender: s, receiver: s, amountMsat: 1000 }), undefined);
    assert.equal(router.findRoute({ sender: s, receiver: d, amountMsat: 2e12 }), undefined);
    assert(router.findRoute({ sender: s, receiver: d, amountMsat: 1000 }));
    network.setDisabled(network.directionFrom(network.nodeOf("c")!, 3)!, true);
    assert.equal(router.findRoute({ sender: s, receiver: d, amountMsat: 1000 }), undefined);
  });

  Deno.test(`Router ${kind}: the same calls give the same routes, from a snapshot too`, () => {
    const network = randomNetwork(NODES, 4);
    const play = (seed: number, router: Router) => {
      const routes: (Route | undefined)[] = [];
      for (const { request, nowMs } of requests(network, router, seed)) {
        for (let attempt = 0; attempt < 4; attempt++) {
          const route = router.findRoute(request);
          routes.push(route);
          if (route === undefined) break;
          const failedHop = (attempt + 1) % route.directions.length;
          const report = attempt === 3
            ? { route, settled: true } as const
            : { route, settled: false, failedHop } as const;
          router.learn(request.sender, report, nowMs + attempt);
        }
      }
      return routes;
    };
    const [a, b, resumed] = [0, 0, 0].map(() => createRouter(kind, network));
    assert.deepEqual(play(5, a), play(5, b));
    const snapshot = a.snapshot();
    assert(snapshot.length > 5);
    resumed.restore(JSON.parse(JSON.stringify(snapshot)));
    assert.deepEqual(resumed.snapshot(), snapshot);
    assert.deepEqual(play(5, resumed), play(5, a));
  });
}

Deno.test("SenderMemory keeps the newest records up to its bound and forgets old ones", () => {
  const taught = fc.array(fc.tuple(fc.nat(2), fc.nat(12)), { maxLength: 60 });
  fc.assert(fc.property(taught, fc.nat(70), (lessons, oldMs) => {
    const memory = new SenderMemory(6);
    const naive = new Map<number, Map<number, number>>();
    lessons.forEach(([sender, key], nowMs) => {
      const place = memory.place(sender, key);
      const columns = memory.of(sender)!;
      columns.failMs[place] = nowMs;
      columns.failMsat[place] = 100 * key;
      const records = naive.get(sender) ?? new Map<number, number>();
      records.delete(key);
      if (records.size === 6) records.delete([...records.keys()][0]);
      naive.set(sender, records.set(key, nowMs));
    });
    for (let sender = 0; sender <= 2; sender++) {
      memory.forgetUntil(sender, oldMs);
      const columns = memory.of(sender);
      const expected = [...naive.get(sender) ?? []].filter(([, ms]) => ms > oldMs);
      assert.equal(columns?.size ?? 0, expected.length);
      for (const [key, ms] of expected) {
        const place = memory.place(sender, key);
        assert.equal(columns!.failMs[place], ms);
        assert.equal(columns!.failMsat[place], 100 * key);
        assert.equal(columns!.heldMs[place], NEVER);
      }
    }
  }));
});

Deno.test("Router prior remembers a failure for six hours, the least amount first", () => {
  const network = smallNetwork("s-a:0/0", "a-r:0/0");
  const router = createRouter("prior", network);
  const finds = (amountMsat: number) => router.findRoute({ sender: 0, receiver: 2, amountMsat });
  const fail = (amountMsat: number, nowMs: number) => {
    const route = { directions: [0, 2], amountsMsat: [amountMsat, amountMsat] };
    router.learn(0, { route, settled: false, failedHop: 1 }, nowMs);
  };
  router.begin(0, 0);
  fail(5000, 0);
  fail(9000, HOUR_MS);
  router.begin(0, 6 * HOUR_MS - 1);
  assert.equal(finds(5000), undefined);
  assert(finds(2000));
  fail(3000, 6 * HOUR_MS);
  router.begin(0, 12 * HOUR_MS - 1);
  assert.equal(finds(3000), undefined);
  router.begin(0, 12 * HOUR_MS);
  assert(finds(9000));
});
