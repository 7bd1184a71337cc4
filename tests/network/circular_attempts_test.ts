import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRng } from "../../lib/core/mod.ts";
import {
  type AttemptOutcome,
  Balances,
  CircularAttempts,
  type CircularEnd,
  type CircularTask,
  initialBalances,
  LiquidityMemory,
  type Network,
  RouteFinder,
} from "../../lib/network/mod.ts";
import { randomNetwork, smallNetwork } from "./helpers.ts";

const EXPIRES_MS = 60_000;

/** What was asked of a hop, and what became of it. */
interface Asked {
  direction: number;
  amountMsat: number;
  failed: boolean;
}

/** Carries attempts out on real balances, hop by hop, and notes everything. */
function carryOut(
  network: Network,
  balances: Balances,
  task: CircularTask,
  { memory = new LiquidityMemory(network), stepMs = 1000, ...options }: {
    memory?: LiquidityMemory;
    stepMs?: number;
    maxAttempts?: number;
    maxInFlight?: number;
    /** Whether nodes say which hop failed. */
    silent?: boolean;
  } = {},
) {
  const attempts = new CircularAttempts(task, {
    finder: new RouteFinder(network),
    memory,
    availableMsat: (direction) => balances.availableMsat(direction),
    options,
  });
  const asked: Asked[] = [];
  const waiting: { id: number; outcome: AttemptOutcome }[] = [];
  let nowMs = 0;
  for (let steps = 0;; steps++) {
    assert.ok(steps < 1000, "it ends");
    const step = attempts.next(nowMs);
    if (step.kind === "done") return { attempts, asked, end: step.end, nowMs };
    if (step.kind === "try") {
      const { id, route } = step.attempt;
      const failedHop = lockAll(balances, route, asked);
      const outcome: AttemptOutcome = failedHop === undefined
        ? { settled: true }
        : { settled: false, failedHop: options.silent ? undefined : failedHop };
      waiting.push({ id, outcome });
      if (waiting.length < (options.maxInFlight ?? 1)) continue;
    }
    const { id, outcome } = waiting.shift()!;
    nowMs += stepMs;
    attempts.tell(id, outcome, nowMs);
  }
}

function lockAll(
  balances: Balances,
  { directions, amountsMsat }: { directions: number[]; amountsMsat: number[] },
  asked: Asked[],
): number | undefined {
  for (let hop = 0; hop < directions.length; hop++) {
    const direction = directions[hop], amountMsat = amountsMsat[hop];
    const held = balances.lock(direction, amountMsat);
    asked.push({ direction, amountMsat, failed: !held });
    if (held) continue;
    for (let back = hop - 1; back >= 0; back--) balances.fail(directions[back], amountsMsat[back]);
    return hop;
  }
  for (let hop = directions.length - 1; hop >= 0; hop--) {
    balances.settle(directions[hop], amountsMsat[hop]);
  }
  return undefined;
}

/** o joins a and b, which are joined directly, by c and by d; only some of that holds anything. */
function ring(balanceSat: Record<string, number>) {
  const network = smallNetwork("o-a:1/1", "o-b:1/100", "a-b:100/1", "a-c:100/1", "c-b:100/1");
  const balances = Balances.of(network, (c) => balanceSat[network.channelIds[c]] ?? 500_000, {
    reserveRatio: 0,
  });
  const channel = (id: string) => network.channelOf(id)!;
  const task: CircularTask = {
    node: network.nodeOf("o")!,
    sourceChannels: [channel("oa")],
    targetChannel: channel("ob"),
    amountMsat: 200_000_000,
    feeLimitMsat: 200_000,
    expiresMs: EXPIRES_MS,
  };
  return { network, balances, task };
}

Deno.test("CircularAttempts takes another way after a failure, and remembers it", () => {
  const { network, balances, task } = ring({ oa: 900_000, ob: 100_000, ab: 10_000 });
  const memory = new LiquidityMemory(network);
  const first = carryOut(network, balances, task, { memory });
  assert.deepEqual([first.end, first.attempts.movedMsat, first.attempts.attempts], [
    "moved_all",
    200_000_000,
    2,
  ]);
  const again = carryOut(network, balances, { ...task, amountMsat: 100_000_000 }, { memory });
  assert.deepEqual([again.end, again.attempts.attempts], ["moved_all", 1]);
});

Deno.test("CircularAttempts moves in parts what no way carries whole", () => {
  const { network, balances, task } = ring({ oa: 900_000, ob: 0, ab: 110_000, ac: 60_000 });
  const { attempts } = carryOut(network, balances, task);
  assert.equal(attempts.movedMsat, 150_000_000);
  assert.ok(attempts.feeMsat <= task.feeLimitMsat * 0.75);
});

Deno.test("CircularAttempts ends where no attempt is left, time is over or nothing leads there", () => {
  const { network, balances, task } = ring({ oa: 900_000, ob: 0, ab: 0, ac: 0 });
  const ends = [
    carryOut(network, balances, task, { maxAttempts: 2 }),
    carryOut(network, balances, task),
    carryOut(network, balances, { ...task, feeLimitMsat: 0 }),
    carryOut(network, balances, { ...task, expiresMs: 0 }),
  ].map(({ end, attempts }) => [end, attempts.movedMsat]);
  assert.deepEqual(ends, [
    ["out_of_attempts", 0],
    ["no_route", 0],
    ["no_route", 0],
    ["expired", 0],
  ]);
});

Deno.test("CircularAttempts counts latency: what takes long ends by its expiry", () => {
  const { network, balances, task } = ring({ oa: 900_000, ob: 0, ab: 0, ac: 0 });
  const { end, attempts, nowMs } = carryOut(network, balances, task, { stepMs: EXPIRES_MS / 2 });
  assert.deepEqual([end, attempts.attempts, nowMs], ["expired", 2, EXPIRES_MS]);
});

Deno.test("CircularAttempts asks a hop again whose terms had changed, and pays what it wants now", () => {
  const { network, task } = ring({});
  const attempts = new CircularAttempts(task, {
    finder: new RouteFinder(network),
    memory: new LiquidityMemory(network),
    availableMsat: () => 1e9,
  });
  const route = () => {
    const step = attempts.next(0);
    assert.ok(step.kind === "try");
    return step.attempt;
  };
  const first = route();
  const direction = first.route.directions[1];
  const { feeRatePpm } = network.policy(direction)!;
  assert.ok(network.setPolicy(direction, { ...network.policy(direction)!, feeRatePpm: 150 }));
  attempts.tell(first.id, { settled: false, failedHop: 1, changed: true }, 0);
  const again = route();
  assert.deepEqual(again.route.directions, first.route.directions);
  const dearer = again.route.amountsMsat[1] * (150 - feeRatePpm) / 1e6;
  assert.equal(again.route.feeMsat - first.route.feeMsat, Math.floor(dearer));
  attempts.tell(again.id, { settled: false, failedHop: 1, down: true }, 0);
  assert.notEqual(route().route.directions[1], direction);
});

Deno.test("CircularAttempts keeps to the most blocks that a route may lock", () => {
  const { network, task } = ring({});
  const finder = new RouteFinder(network);
  const resources = { finder, memory: new LiquidityMemory(network), availableMsat: () => 1e9 };
  // 40 for the end, 40 each for b's and a's channels.
  for (const [cltvLimit, kind] of [[120, "try"], [119, "done"]] as const) {
    const attempts = new CircularAttempts(task, { ...resources, options: { cltvLimit } });
    assert.equal(attempts.next(0).kind, kind);
  }
});

Deno.test("CircularAttempts.tell refuses what is not under way", () => {
  const { network, task } = ring({});
  const attempts = new CircularAttempts(task, {
    finder: new RouteFinder(network),
    memory: new LiquidityMemory(network),
    availableMsat: () => 1e9,
  });
  assert.throws(() => attempts.tell(0, { settled: true }, 0), RangeError);
});

Deno.test("CircularAttempts keeps its promises on random networks", () => {
  const network = randomNetwork(80, 5);
  const seen = new Set<CircularEnd>();
  let moved = 0;
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(1000),
        node: fc.nat(network.nodeCount - 1),
        pair: fc.tuple(fc.nat(), fc.nat()),
        amountSat: fc.integer({ min: 1, max: 2_000_000 }),
        ppm: fc.integer({ min: 0, max: 3000 }),
        maxInFlight: fc.integer({ min: 1, max: 3 }),
        silent: fc.boolean(),
      }),
      ({ seed, node, pair, amountSat, ppm, maxInFlight, silent }) => {
        const own = [...network.directionsFrom(node)].map((direction) => direction >> 1);
        const [source, target] = pair.map((at) => own[at % own.length]);
        const amountMsat = amountSat * 1000;
        const balances = initialBalances(network, seededRng(seed));
        const feeLimitMsat = Math.floor(amountMsat * ppm / 1e6);
        const task = {
          node,
          sourceChannels: [source],
          targetChannel: target,
          amountMsat,
          feeLimitMsat,
        };
        const maxAttempts = 5;
        const options = { maxAttempts, maxInFlight, silent };
        const { attempts, asked, end } = carryOut(network, balances, task, options);
        balances.check();
        seen.add(end);
        moved += attempts.movedMsat > 0 ? 1 : 0;
        assert.ok(attempts.attempts <= maxAttempts);
        assert.ok(attempts.movedMsat <= amountMsat);
        // Not only the whole: what moved keeps to its share.
        assert.ok(attempts.feeMsat <= feeLimitMsat * (attempts.movedMsat / amountMsat) + 1e-6);
        if (maxInFlight === 1) {
          assert.ok(!repeatsFailure(asked), "no hop is asked again for as much");
        }
      },
    ),
    { numRuns: 300, seed: 2 },
  );
  assert.deepEqual([...seen].sort(), ["moved_all", "no_route", "out_of_attempts"]);
  assert.ok(moved > 20, `${moved} rebalances moved something`);
});

/** Whether some hop was asked for as much as it had failed to carry. */
function repeatsFailure(asked: readonly Asked[]): boolean {
  const failedMsat = new Map<number, number>();
  for (const { direction, amountMsat, failed } of asked) {
    if (amountMsat >= (failedMsat.get(direction) ?? Infinity)) return true;
    if (failed) failedMsat.set(direction, amountMsat);
  }
  return false;
}
