import assert from "node:assert/strict";
import { join } from "node:path";
import { DAY_MS, satToMsat, systemClock } from "../../lib/core/mod.ts";
import { Executor, KillSwitch, RouteKnowledge, SpendingLedger } from "../../lib/execution/mod.ts";
import type { Network } from "../../lib/network/mod.ts";
import { LndConnection, LndNode, LndPayer, PAYING_PERMISSIONS } from "../../lib/nodes/mod.ts";
import type { Suggestion, SuggestionResult } from "../../lib/protocol/mod.ts";
import type { LndNetwork } from "./network.ts";
import { until } from "./processes.ts";

export const LIMITS = { budgetSatPerDay: 1000, maxFeeSat: 100, maxFeePpm: 1000 };

/** Bakes alice a macaroon as doctor prints it. */
export async function bakePaying({ nodes: { alice } }: LndNetwork): Promise<void> {
  await alice.bake("pay.macaroon", [...PAYING_PERMISSIONS]);
}

/**
 * Everything that carries rebalances of alice out, over a ledger in a folder.
 *
 * @param graph for own routes; lnd finds them when left out
 */
export async function openExecution(network: LndNetwork, folder: string, graph?: () => Network) {
  const { alice } = network.nodes;
  const reader = new LndNode(
    new LndConnection(await alice.access("readonly.macaroon")),
    systemClock,
  );
  const payer = new LndPayer(new LndConnection(await alice.access("pay.macaroon")));
  const ledger = SpendingLedger.open(folder);
  const killSwitch = new KillSwitch(folder);
  const results: SuggestionResult[] = [];
  const executor = new Executor({
    reader,
    payer,
    ledger,
    killSwitch,
    routes: graph && await RouteKnowledge.open(folder, graph),
    clock: systemClock,
    onResult: (result) => results.push(result),
  }, { ...LIMITS, timeoutMs: 10_000, trackMs: 20_000 });
  const close = () => {
    reader.close();
    payer.close();
    ledger.close();
  };
  return { reader, payer, ledger, killSwitch, executor, results, close };
}

/** Suggestions of alice: out to bob by the wider of two channels, back by carol. */
export async function suggesting(network: LndNetwork) {
  const { alice, bob, carol } = network.nodes;
  const [wide, narrow] = await network.channelIds("alice", "bob");
  const [target] = await network.channelIds("carol", "alice");
  let count = 0;
  const suggestion = (amountSat: number, more: Partial<Suggestion> = {}): Suggestion => ({
    id: `s${++count}`,
    node: alice.nodeId,
    sourceNode: bob.nodeId,
    sourceChannel: wide,
    targetNode: carol.nodeId,
    targetChannel: target,
    amountMsat: satToMsat(amountSat),
    feeLimitMsat: satToMsat(50),
    confidence: 1,
    expectedGainMsat: 0,
    expectedFeeMsat: 0,
    sourceOptimalRatio: 0.5,
    targetOptimalRatio: 0.5,
    expiresAt: systemClock.nowMs() + DAY_MS,
    reasons: [],
    ...more,
  });
  return { wide, narrow, target, suggestion };
}

/** Carries a suggestion out in a process of its own, killed without warning while an HTLC is under way. */
export async function killWhilePaying(
  { nodes: { alice } }: LndNetwork,
  { suggestion, folder, ledger, ownRoutes }: {
    suggestion: Suggestion;
    folder: string;
    ledger: SpendingLedger;
    ownRoutes: boolean;
  },
): Promise<void> {
  const { lndDir, restServer, macaroonDir } = alice;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join("tests", "lnd", "executing_child.ts")],
    env: {
      NODE_ACCESS: JSON.stringify({ lndDir, restServer, macaroonDir }),
      SUGGESTION: JSON.stringify(suggestion),
      LIMITS: JSON.stringify(LIMITS),
      FOLDER: folder,
      ...(ownRoutes ? { OWN_ROUTES: "1" } : {}),
    },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  await until(
    "a payment under way",
    () =>
      Promise.resolve(ledger.attemptsOf(suggestion.id).some(({ state }) => state === "reserved")),
  );
  await until("an HTLC under way", () => alice.hasHtlc());
  child.kill("SIGKILL");
  await child.status;
}

/** All that alice paid in fees is what the ledger says was spent, and nothing is set aside. */
export async function assertBooked(network: LndNetwork, ledger: SpendingLedger): Promise<void> {
  await network.quiet();
  const { payments } = await network.nodes.alice.get("/v1/payments");
  const fees = payments.map((payment: { fee_msat: string }) => Number(payment.fee_msat));
  assert.deepEqual(ledger.spending(systemClock.nowMs()), {
    settledMsat: fees.reduce((sum: number, fee: number) => sum + fee, 0),
    reservedMsat: 0,
  });
}
