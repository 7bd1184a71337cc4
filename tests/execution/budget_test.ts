import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, ManualClock, MINUTE_MS } from "../../lib/core/mod.ts";
import { Executor, RouteKnowledge, SpendingLedger } from "../../lib/execution/mod.ts";
import { type FakeConnection, FakeNode, graphAround } from "./fake_node.ts";
import { suggestionOf } from "./suggestions.ts";

const LIMITS = { maxFeeSat: 60, maxFeePpm: 1000 };
/** Some hold one rebalance and no more, some two, some three. */
const budgetArbitrary = fc.integer({ min: 60, max: 150 });
const SUGGESTIONS = 6;
/** A rebalance costs 45 sat. */
const GRAPH = graphAround(3);

/** Who finds the routes. */
type Way = "own" | "node";

/** A program at work: it may crash, and another takes its place. */
interface Program {
  connection: FakeConnection;
  executor: Executor;
}

/** How often each kind of step comes, and a number that says to which it happens. */
const stepArbitrary = fc.record({
  what: fc.oneof(
    { weight: 30, arbitrary: fc.constant("answer") },
    { weight: 4, arbitrary: fc.constant("settle") },
    { weight: 4, arbitrary: fc.constant("fail") },
    { weight: 5, arbitrary: fc.constant("execute") },
    ...["lose", "recover", "crash", "minutes", "hours", "stop"].map((what) => ({
      weight: 1,
      arbitrary: fc.constant(what),
    })),
  ),
  which: fc.nat(1000),
});

const stepsArbitrary = fc.array(stepArbitrary, { minLength: 10, maxLength: 80 });

class World {
  readonly clock = new ManualClock(Date.UTC(2024, 0, 1));
  readonly node = new FakeNode(this.clock);
  readonly ledger = new SpendingLedger(new DatabaseSync(":memory:"));
  readonly killSwitch = { engaged: false };
  readonly programs: Program[];

  constructor(readonly way: Way, readonly budgetSat: number) {
    this.programs = [this.#start(), this.#start()];
  }

  #start(): Program {
    const connection = this.node.connect();
    const { ledger, killSwitch, clock } = this;
    const routes = this.way === "own" ? new RouteKnowledge(() => GRAPH) : undefined;
    const parts = { ...connection.parts, ledger, killSwitch, clock, routes };
    const limits = { ...LIMITS, budgetSatPerDay: this.budgetSat };
    return { connection, executor: new Executor(parts, limits) };
  }

  step({ what, which }: { what: string; which: number }): void {
    const { node, clock } = this;
    const at = which % 2;
    const call = node.calls[which % node.calls.length];
    const payment = node.inFlight()[which % node.inFlight().length];
    switch (what) {
      case "answer":
      case "lose":
        if (call === undefined) break;
        node.calls = node.calls.filter((other) => other !== call);
        if (what === "answer") call.answer();
        else call.lose(which % 3 > 0);
        break;
      case "settle":
      case "fail":
        if (payment) node.end(payment, what === "settle", (which % 11) / 10);
        break;
      case "execute":
        this.programs[at].executor.execute(
          suggestionOf(`s${which % SUGGESTIONS}`, clock.nowMs() + DAY_MS),
        );
        break;
      case "recover":
        this.programs[at].executor.recover();
        break;
      case "crash":
        // What it sent may still arrive; it never hears the answer.
        this.programs[at].connection.dead = true;
        this.programs[at] = this.#start();
        break;
      case "minutes":
        clock.advanceTo(clock.nowMs() + (which % 10) * MINUTE_MS);
        break;
      case "hours":
        clock.advanceTo(clock.nowMs() + (which % 20) * HOUR_MS);
        break;
      case "stop":
        this.killSwitch.engaged = which % 4 === 0;
    }
  }

  /** What must hold at any moment, by what the node really did. */
  check(): void {
    const settled = this.node.settled();
    for (const { settledMs } of settled) {
      const spentMsat = settled.filter((other) =>
        other.settledMs! <= settledMs! && other.settledMs! > settledMs! - DAY_MS
      ).reduce((sum, { feeMsat }) => sum + feeMsat, 0);
      assert.ok(spentMsat <= this.budgetSat * 1000, `${spentMsat} msat in a day`);
    }
    for (let i = 0; i < SUGGESTIONS; i++) {
      const { id, amountMsat } = suggestionOf(`s${i}`, 0);
      const movedMsat = settled.filter(({ suggestionId }) => suggestionId === id)
        .reduce((sum, payment) => sum + payment.amountMsat, 0);
      assert.ok(movedMsat <= amountMsat, `${id} moved ${movedMsat} msat`);
    }
  }

  /** Lets everything end: the ledger must then know all that the node did. */
  async settleDown(): Promise<void> {
    for (const { connection } of this.programs) connection.dead = true;
    const { executor } = this.programs[0] = this.#start();
    for (const call of this.node.calls.splice(0)) call.answer();
    for (const payment of this.node.inFlight()) this.node.end(payment, true, 1);
    this.clock.advanceTo(this.clock.nowMs() + HOUR_MS);
    const recovered = executor.recover();
    for (let i = 0; i < 100; i++) {
      await turn();
      for (const call of this.node.calls.splice(0)) call.answer();
    }
    assert.equal((await recovered).open, 0);
    this.check();
    assert.deepEqual(this.ledger.unfinished(), []);
    for (const { hash, feeMsat, suggestionId } of this.node.settled()) {
      const attempt = this.ledger.attemptsOf(suggestionId).find((a) => a.paymentHash === hash);
      assert.deepEqual([attempt?.state, attempt?.feeMsat], ["settled", feeMsat]);
    }
  }
}

/** Lets promises that are ready go on. */
async function turn(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}

/** Runs random interleavings and counts what happened in them. */
async function interleave(way: Way, numRuns: number) {
  let spent = 0, crashes = 0, moreTries = 0;
  await fc.assert(
    fc.asyncProperty(stepsArbitrary, budgetArbitrary, async (steps, budgetSat) => {
      const world = new World(way, budgetSat);
      for (const step of steps) {
        world.step(step);
        await turn();
        world.check();
        if (step.what === "crash") crashes++;
      }
      await world.settleDown();
      spent += world.node.settled().length;
      moreTries += world.node.retried;
      world.ledger.close();
    }),
    { numRuns, seed: 1 },
  );
  return { spent, crashes, moreTries };
}

Deno.test("Executor never exceeds the budget nor a suggestion along its own routes, whatever crashes, is lost or late", async () => {
  const { spent, crashes, moreTries } = await interleave("own", 10_000);
  // The interleavings did spend, crash and try again: the test could have failed.
  const seen = `${spent} payments settled, ${crashes} crashes, ${moreTries} further tries`;
  assert.ok(spent > 2000 && crashes > 3000 && moreTries > 300, seen);
});

Deno.test("Executor never exceeds them by the node's own ways either", async () => {
  const { spent, crashes } = await interleave("node", 3000);
  assert.ok(spent > 900 && crashes > 900, `${spent} payments settled, ${crashes} crashes`);
});
