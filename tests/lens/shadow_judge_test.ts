import assert from "node:assert/strict";
import { HOUR_MS } from "../../lib/core/mod.ts";
import { type Judgement, PastFlows, ShadowJudge } from "../../lib/lens/mod.ts";
import { UnheardTimes } from "../../lib/liquidity/mod.ts";
import type { ChannelState, SuggestionResult } from "../../lib/protocol/mod.ts";
import { suggestion } from "../simulation/helpers.ts";

const HORIZON_MS = 24 * HOUR_MS;

function channel(channelId: string, localBalanceSat: number): ChannelState {
  const capacitySat = 1_000_000;
  return {
    ...{ node: "o", channelId, peer: channelId, capacitySat, localBalanceSat, active: true },
    remoteBalanceSat: capacitySat - localBalanceSat,
  };
}

/** 100,000 sat are suggested for 100 sat, from a full channel to an empty one. */
function judged({ flows, result, unheard }: {
  unheard?: UnheardTimes;
  flows: [hour: number, channel: string, direction: "in" | "out", sat: number, feeSat: number][];
  result?: Partial<SuggestionResult>;
}): Judgement[] {
  const past = new PastFlows();
  const found: Judgement[] = [];
  const judge = new ShadowJudge(HORIZON_MS, past, (judgement) => found.push(judgement), unheard);
  const made = suggestion({ expectedFeeMsat: 100_000, expiresAt: HOUR_MS });
  const basis = {
    ...{ id: made.id, shown: { chance: 0.5, tried: [] } },
    route: { feeMsat: 100_000, probability: 0.5 },
  };
  const before = { timeMs: 0, source: channel("oa", 900_000), target: channel("ob", 0) };
  judge.add(made, basis, before);
  judge.add({ ...made, id: "again" }, basis, before);
  assert.equal(judge.pending, 1, "a pair counts once at a time");
  if (result !== undefined) {
    judge.settle(0, {
      ...{ id: made.id, node: "o", sourceChannel: "oa", targetChannel: "ob", status: "applied" },
      ...{ amountMsat: 100_000_000, feeMsat: 40_000, attempts: 1, channels: [], ...result },
    });
  }
  for (const [hour, id, direction, sat, feeSat] of flows) {
    past.add({
      ...{ key: `o/${id}`, timeMs: hour * HOUR_MS, direction, served: true },
      ...{ amountMsat: sat * 1000, feeMsat: feeSat * 1000 },
    });
  }
  judge.advance(HORIZON_MS - 1);
  assert.equal(found.length, 0, "not before its horizon has passed");
  judge.advance(HORIZON_MS);
  return found;
}

Deno.test("ShadowJudge credits what only the moved liquidity could serve", () => {
  const [one] = judged({ flows: [[1, "ob", "out", 60_000, 120], [2, "ob", "out", 60_000, 120]] });
  assert.deepEqual([one.earnedMsat, one.feeMsat, one.carriedOut], [120_000, 100_000, false]);
});

Deno.test("ShadowJudge judges nothing of a time in which the node was not heard", () => {
  for (const [node, hours, count] of [["o", 2, 0], ["o", 0.1, 1], ["other", 2, 1]] as const) {
    const unheard = new UnheardTimes();
    unheard.add(node, { fromMs: HOUR_MS, toMs: (1 + hours) * HOUR_MS });
    assert.equal(judged({ flows: [[1, "ob", "out", 60_000, 120]], unheard }).length, count);
  }
});

Deno.test("ShadowJudge debits what the source misses", () => {
  const [one] = judged({ flows: [[1, "oa", "out", 850_000, 300], [2, "ob", "in", 950_000, 50]] });
  assert.equal(one.earnedMsat, -350_000);
});

Deno.test("ShadowJudge leaves out what comes after the horizon", () => {
  assert.equal(judged({ flows: [[25, "ob", "out", 60_000, 120]] })[0].earnedMsat, 0);
});

Deno.test("ShadowJudge judges what was carried out by what moved and cost", () => {
  const [one] = judged({
    flows: [[1, "ob", "out", 60_000, 120], [2, "ob", "out", 40_000, 80]],
    result: {
      ...{ amountMsat: 50_000_000, feeMsat: 20_000 },
      channels: [channel("oa", 849_980), channel("ob", 50_000)],
    },
  });
  assert.deepEqual(
    [one.earnedMsat, one.feeMsat, one.carriedOut, one.movedShare],
    [80_000, 20_000, true, 0.5],
  );
});

Deno.test("ShadowJudge counts a forward from the source to the target once", () => {
  const [one] = judged({ flows: [[1, "oa", "in", 110_000, 120], [1, "ob", "out", 99_000, 120]] });
  assert.equal(one.earnedMsat, 120_000);
});
