import assert from "node:assert/strict";
import { HOUR_MS } from "../../../lib/core/mod.ts";
import { NodeView } from "../../../lib/evaluation/uplift/node_view.ts";
import { evd50 } from "../../../lib/evaluation/uplift/policies/evd50.ts";
import { fiftyFifty } from "../../../lib/evaluation/uplift/policies/fifty_fifty.ts";
import { hindsight } from "../../../lib/evaluation/uplift/policies/hindsight.ts";
import { lndgLike } from "../../../lib/evaluation/uplift/policies/lndg_like.ts";
import {
  persistence,
  persistenceTrueRoutes,
} from "../../../lib/evaluation/uplift/policies/persistence.ts";
import { HandMadeNode, NOW_MS } from "./hand_made_node.ts";

const full = { localSat: 900_000, ppm: 10 };
const idle = { localSat: 0, ppm: 400 };
const asked = { ...idle, wanted: [{ sat: 200_000, hoursAgo: 5 }, { sat: 100_000, hoursAgo: 50 }] };

Deno.test("fiftyFifty refills the emptiest to half, whether it is asked for or not", () => {
  const plan = new HandMadeNode({ full, idle, quarter: { localSat: 250_000, ppm: 400 } })
    .plan(fiftyFifty(100));
  // 320,000 of the 500,000 that are missing lie on the grid of amounts.
  assert.deepEqual(plan[0], { from: "full", to: "idle", sat: 320_000, limitPpm: 100 });
  // 80,000 are left of the 400,000 that the full one can do without.
  assert.deepEqual(plan[1], { from: "full", to: "quarter", sat: 80_000, limitPpm: 100 });
  assert.equal(plan.length, 2);
});

Deno.test("fiftyFifty does nothing for channels near the middle, or where routes cost more", () => {
  assert.deepEqual(
    new HandMadeNode({ full, middle: { localSat: 420_000, ppm: 0 } })
      .plan(fiftyFifty(100)),
    [],
  );
  // Two hops of 20 ppm each.
  assert.deepEqual(new HandMadeNode({ full, idle }).plan(fiftyFifty(30)), []);
});

Deno.test("lndgLike keeps to LNDg's defaults: 90 % inbound, 75 % outbound, 65 % of the fee", () => {
  const plan = new HandMadeNode({ full, idle, eighth: { localSat: 125_000, ppm: 400 } })
    .plan(lndgLike);
  assert.deepEqual(plan, [{ from: "full", to: "idle", sat: 80_000, limitPpm: 260 }]);
  const dear = { localSat: 0, ppm: 2000 };
  assert.equal(new HandMadeNode({ full, dear }).plan(lndgLike)[0].limitPpm, 500);
  const nearlyFull = { localSat: 740_000, ppm: 10 };
  assert.deepEqual(new HandMadeNode({ nearlyFull, idle }).plan(lndgLike), []);
});

Deno.test("evd50 refills only what was asked for in 72 h, for half of the fee", () => {
  const plan = new HandMadeNode({ full, idle, asked }).plan(evd50);
  // 300,000 were asked for.
  assert.deepEqual(plan, [{ from: "full", to: "asked", sat: 160_000, limitPpm: 200 }]);
  const old = { ...idle, wanted: [{ sat: 200_000, hoursAgo: 73 }] };
  assert.deepEqual(new HandMadeNode({ full, old }).plan(evd50), []);
});

Deno.test("persistence moves what the last 72 h would have used, where that gains twice the cost", () => {
  const plan = new HandMadeNode({ full, idle, asked }).plan(persistence);
  assert.equal(plan.length, 1);
  assert.deepEqual([plan[0].from, plan[0].to], ["full", "asked"]);
  // 320,000 serve both wishes (120 sat at 400 ppm); half of that may be paid.
  assert.equal(plan[0].sat, 320_000);
  assert.equal(plan[0].limitPpm, Math.round(300_000 * 400 / 2 / 320_000));
  // At 70 ppm both wishes are worth 21 sat, the way costs 40 ppm of 320,000: 12.8 sat.
  const cheap = { ...asked, ppm: 70 };
  assert.deepEqual(new HandMadeNode({ full, cheap }).plan(persistence), []);
});

Deno.test("persistence does not take from a channel what it is expected to earn there", () => {
  const busy = { localSat: 400_000, ppm: 500, wanted: [{ sat: 390_000, hoursAgo: 3 }] };
  assert.deepEqual(new HandMadeNode({ busy, asked }).plan(persistence), []);
});

Deno.test("policies leave a pair alone that failed within a day", () => {
  const node = new HandMadeNode({ full, asked });
  const [first] = node.policy(persistence).plan(NOW_MS);
  const { id, sourceChannel, targetChannel } = first;
  node.view.observe({
    kind: "rebalance",
    timeMs: NOW_MS - HOUR_MS,
    rebalance: {
      ...{ id, node: "me", sourceChannel, targetChannel, status: "failed", channels: [] },
      ...{ amountMsat: 0, feeMsat: 0, attempts: 20 },
    },
  });
  for (const make of [persistence, evd50, fiftyFifty(100)]) assert.deepEqual(node.plan(make), []);
  assert.equal(node.policy(persistence).plan(NOW_MS + 24 * HOUR_MS).length, 1);
});

Deno.test("hindsight plans for what is to come, not for what was", () => {
  const node = new HandMadeNode({ full, asked });
  assert.deepEqual(node.plan(hindsight), []);
  const later = new HandMadeNode({
    full,
    idle: { ...idle, wanted: [{ sat: 100_000, hoursAgo: -9 }] },
  });
  assert.equal(later.plan(hindsight, later.view)[0].sat, 160_000);
  assert.deepEqual(later.plan(hindsight, new NodeView("me")), []);
});

Deno.test("persistence with true routes asks for no more than a route carries", () => {
  // Every direction carries 500,000 sat at most, so amounts above fall away.
  const thirsty = { localSat: 0, ppm: 900, wanted: [{ sat: 800_000, hoursAgo: 2 }] };
  const node = new HandMadeNode({ full, thirsty, middle: { localSat: 500_000, ppm: 0 } });
  for (const { sat } of node.plan(persistenceTrueRoutes)) assert.ok(sat < 500_000);
});
