import assert from "node:assert/strict";
import fc from "fast-check";
import { EMPTY_STATE, MOST_GAINS, withEvent } from "../../lib/dashboard/app/live_state.ts";
import { newestRuns } from "../../lib/dashboard/app/newest_runs.ts";
import { emptySnapshot, fakeSimulation, fakeSnapshot, fakeTwin } from "../e2e/fake_data.ts";
import { fakeExecutions } from "../e2e/fake_insights.ts";

const start = withEvent(EMPTY_STATE, "snapshot", fakeSnapshot(20, 3));

Deno.test("withEvent snapshot joins channels, predictions, decisions and suggestions", () => {
  const snapshot = fakeSnapshot(20, 3);
  assert.equal(start.rows.size, 20);
  for (const { channel, prediction, decision, suggestion } of start.rows.values()) {
    assert.equal(prediction?.channel_id, channel.channel_id);
    assert.equal(decision?.channel_id, channel.channel_id);
    assert.equal(suggestion?.id ?? null, decision?.suggestion_id ?? null);
  }
  const taking = [...start.rows.values()].filter(({ suggestion }) => suggestion !== undefined);
  assert.equal(taking.length, 2 * snapshot.recommendations.suggestions.length);
});

Deno.test("withEvent snapshot drops channels that the server no longer has", () => {
  const next = withEvent(start, "snapshot", fakeSnapshot(5, 1));
  assert.equal(next.rows.size, 5);
});

Deno.test("withEvent channels replaces only the rows that changed", () => {
  const [first] = start.rows.values();
  const moved = { ...first.channel, local_balance_sat: 1, balance_ratio: 0.001 };
  const next = withEvent(start, "channels", [moved]);
  const rows = [...next.rows.values()];
  assert.deepEqual(rows[0], { ...first, channel: moved });
  rows.slice(1).forEach((row, index) => assert.equal(row, [...start.rows.values()][index + 1]));
});

Deno.test("withEvent predictions and decisions of unknown channels change nothing", () => {
  const stray = { node: "nobody", channel_id: "1x1x1" };
  assert.equal(withEvent(start, "predictions", [stray]).rows.size, 20);
  const plan = { ...start.recommendations, decisions: [stray] };
  assert.equal(withEvent(start, "recommendations", plan).rows.size, 20);
});

Deno.test("withEvent recommendations takes a withdrawn suggestion off its channels", () => {
  const decisions = start.recommendations!.decisions.map((decision) => ({
    ...decision,
    code: "balanced",
    suggestion_id: null,
  }));
  const next = withEvent(start, "recommendations", {
    ...start.recommendations,
    suggestions: [],
    decisions,
  });
  assert.ok([...next.rows.values()].every(({ suggestion }) => suggestion === undefined));
});

Deno.test("withEvent twin begins a new curve when its figures begin anew", () => {
  const seen = [3, 2].reduce(
    (state, hours) => withEvent(state, "twin", { twin: fakeTwin(hours) }),
    EMPTY_STATE,
  );
  assert.equal(seen.gains.length, 2);
  const { lens, ...rest } = fakeTwin(1);
  const anew = withEvent(seen, "twin", { twin: { ...rest, lens: { ...lens, payments: 5 } } });
  assert.equal(anew.gains.length, 1);
});

Deno.test("withEvent twin keeps a history that ascends and stays bounded", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 2000, size: "max" }),
      (hours) => {
        const state = hours.reduce(
          (state, hour) => withEvent(state, "twin", { twin: fakeTwin(1500 - hour) }),
          EMPTY_STATE,
        );
        const times = state.gains.map(({ timeMs }) => timeMs);
        assert.deepEqual(times, [...new Set(times)].sort((a, b) => a - b));
        assert.ok(times.length <= MOST_GAINS);
        assert.equal(times.at(-1), hours.length === 0 ? undefined : Date.parse(state.twin!.time));
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("withEvent ignores events it does not know", () => {
  assert.equal(withEvent(start, "heartbeat", {}), start);
  assert.equal(withEvent(start, "toString", {}), start);
});

Deno.test("withEvent snapshot brings the curve so far, for a page that is opened late", () => {
  const history = [3, 2, 1].map(fakeTwin);
  const state = withEvent(EMPTY_STATE, "snapshot", {
    ...emptySnapshot(),
    twin: history[2],
    twin_history: history,
  });
  assert.deepEqual(state.gains.map(({ timeMs }) => timeMs), history.map((t) => Date.parse(t.time)));
});

Deno.test("withEvent simulation comes, changes and leaves", () => {
  const there = withEvent(start, "simulation", fakeSimulation());
  assert.equal(there.simulation?.speed, 3600);
  assert.equal(withEvent(there, "simulation", null).simulation, null);
});

Deno.test("withEvent run keeps the newest state of each rebalance, the newest last", () => {
  const [run] = fakeExecutions(fakeSnapshot(20, 3)).executions;
  const of = (id: string, more = {}) => ({
    ...run,
    ...more,
    suggestion: { ...run.suggestion, id },
  });
  let state = start;
  for (let i = 0; i < 60; i++) state = withEvent(state, "run", of(`r${i}`));
  state = withEvent(state, "run", of("r20", { under_way: [] }));
  assert.equal(state.runs.size, 50);
  const [last] = [...state.runs.values()].slice(-1);
  assert.deepEqual([last.suggestion.id, last.under_way.length], ["r20", 0]);
});

Deno.test("newestRuns lays what the stream told over what was fetched", () => {
  const { executions: [open, ended] } = fakeExecutions(fakeSnapshot(20, 3));
  const live = (run: typeof open) => [run.suggestion.id, run] as const;
  const stranger = { ...open, suggestion: { ...open.suggestion, id: "new" } };
  const runs = newestRuns(
    [open, ended],
    new Map([live({ ...open, tries: [] }), live({ ...ended, result: null }), live(stranger)]),
  );
  assert.deepEqual(runs.map(({ suggestion }) => suggestion.id), ["new", "run-1", "run-2"]);
  assert.deepEqual([runs[1].tries, runs[1].attempts], [[], open.attempts]);
  assert.equal(runs[2], ended, "a result is final");
});
