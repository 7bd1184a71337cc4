import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork } from "../../lib/network/mod.ts";
import {
  BrokenInvariantError,
  type RunOptions,
  type Simulation,
  simulationOf,
} from "../../lib/simulation/mod.ts";
import { START_MS } from "./helpers.ts";

const network = generateNetwork({ nodes: 200, rng: seededRng(3) });
const world = { network, operators: network.nodeIds.slice(0, 4), seed: 3 };

function runOf(
  options: Partial<RunOptions>,
  days = 1,
): { simulation: Simulation; wishes: unknown[] } {
  const simulation = simulationOf(world, {
    startMs: START_MS,
    paymentsPerDay: 1500,
    warmUpMs: 0,
    ...options,
  });
  const wishes: unknown[] = [];
  simulation.onIntent = (intent) => wishes.push(intent);
  simulation.runUntil(START_MS + days * DAY_MS);
  return { simulation, wishes };
}

Deno.test("FeeSetting: the emptier side of a channel is the dearer one, and operators are left alone", () => {
  const { simulation, wishes } = runOf({
    feeSetting: { looksPerDay: 24, swing: 4 },
    refreshPerDay: 0,
  });
  const { feeRatePpm, source } = simulation.network, { balanceMsat } = simulation.balances;
  let emptyUp = 0, empty = 0, fullDown = 0, full = 0;
  for (let d = 0; d < feeRatePpm.length; d++) {
    const first = network.feeRatePpm[d];
    if (world.operators.includes(network.nodeIds[source[d]])) {
      assert.equal(feeRatePpm[d], first);
      continue;
    }
    assert(feeRatePpm[d] <= 4 * first + 1 && feeRatePpm[d] >= first / 4 - 1);
    if (first < 10) continue;
    const share = balanceMsat[d] / (balanceMsat[d] + balanceMsat[d ^ 1]);
    if (share < 0.1) (empty++, feeRatePpm[d] > 2 * first && emptyUp++);
    if (share > 0.9) (full++, feeRatePpm[d] < first / 2 && fullDown++);
  }
  assert(empty > 50 && emptyUp / empty > 0.9, `${emptyUp} of ${empty}`);
  assert(full > 50 && fullDown / full > 0.9, `${fullDown} of ${full}`);
  assert.deepEqual(wishes, runOf({}).wishes);
});

Deno.test("PeerRebalancing: amounts and fees as measured, most in vain; operators don't", () => {
  const perNodeDay = 6, days = 2;
  const { simulation, wishes } = runOf({ peerRebalancing: { perNodeDay } }, days);
  simulation.check();
  const nodes = network.nodeIds.filter((id, node) =>
    network.degree(node) >= 5 && !world.operators.includes(id)
  );
  const accounts = nodes.map((id) => simulation.account(id));
  const sum = (read: (account: typeof accounts[number]) => number) =>
    accounts.reduce((total, account) => total + read(account), 0);
  const settled = sum((a) => a.rebalances), begun = nodes.length * perNodeDay * days;
  assert(settled > 50 && settled < begun / 2, `${settled} of about ${begun}`);
  const ppm = sum((a) => a.rebalanceCostMsat) / sum((a) => a.rebalancedMsat) * 1e6;
  // Measured: median 41 ppm, nine in ten below 85.
  assert(ppm > 20 && ppm < 70, `${ppm} ppm`);
  const meanSat = sum((a) => a.rebalancedMsat) / settled / 1000;
  assert(meanSat > 40_000 && meanSat < 160_000, `${meanSat} sat`);
  for (const id of world.operators) assert.equal(simulation.account(id).rebalances, 0);
  assert.deepEqual(wishes, runOf({}, days).wishes);
});

Deno.test("checkEveryMs stops a run whose invariants break, and names what and when", () => {
  const { simulation } = runOf({ checkEveryMs: HOUR_MS });
  simulation.balances.balanceMsat[0] += 1;
  assert.throws(
    () => simulation.runUntil(simulation.nowMs + 2 * HOUR_MS),
    (error) =>
      error instanceof BrokenInvariantError && error.exitCode === 1 &&
      /invariant broken at 2024-09-23T01:00:00.000Z: channel .* capacity/.test(error.message),
  );
});

Deno.test("checkEveryMs changes nothing else", () => {
  const [plain, checked] = [{}, { checkEveryMs: HOUR_MS / 3 }].map((options) => runOf(options));
  assert.deepEqual(plain.simulation.channelStates(), checked.simulation.channelStates());
});
