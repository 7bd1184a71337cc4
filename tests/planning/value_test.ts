import assert from "node:assert/strict";
import fc from "fast-check";
import { optimalBalance, probabilityAbove } from "../../lib/liquidity/mod.ts";
import {
  type ChannelOutlook,
  NodePast,
  PlannedChannel,
  planRebalances,
  type ValueCurve,
} from "../../lib/planning/mod.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2024, 8, 22);
const CAPACITY_SAT = 1_000_000;

/** A past in which nothing would have been earned or missed. */
const NOTHING: ValueCurve = { changeMsat: () => 0 };

/** A channel whose outflow of a day is `outSat` in the middle, and twice that at most. */
function outlook(
  channelId: string,
  { localSat, outSat, curve }: { localSat: number; outSat: number; curve?: ValueCurve },
): ChannelOutlook {
  const need = (sat: number) => ({ sat: [0, 0.5, 1, 1.5, 2].map((share) => share * sat) });
  const forecast = {
    horizonMs: DAY_MS,
    outboundNeed: need(outSat),
    inboundNeed: need(0),
    feesAtStakeMsat: 1_000,
  };
  const channel = {
    ...{ node: "me", channelId, peer: `peer of ${channelId}`, active: true },
    ...{ capacitySat: CAPACITY_SAT, localBalanceSat: localSat },
    remoteBalanceSat: CAPACITY_SAT - localSat,
  };
  return {
    ...{ channel, forecast, curve, optimal: optimalBalance(forecast, channel) },
    ...{ earnedOutPpm: 500, earnedInPpm: 300, forwardsSeen: 100, observedMs: 5 * DAY_MS },
  };
}

Deno.test("PlannedChannel charges a source what the forecast expects of the part it gives", () => {
  const given = fc.record({
    localSat: fc.integer({ min: 1, max: CAPACITY_SAT }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    outSat: fc.integer({ min: 0, max: CAPACITY_SAT }),
    movedSat: fc.integer({ min: -1000, max: 1000 }),
  });
  fc.assert(fc.property(given, ({ localSat, share, outSat, movedSat }) => {
    const looked = outlook("a", { localSat, outSat, curve: NOTHING });
    const channel = new PlannedChannel(looked);
    const amountSat = Math.floor(share * localSat);
    channel.lossOfGivingMsat(amountSat);
    channel.movedSat = movedSat;
    // Sat by sat, in steps of a hundredth.
    const steps = 100, widthSat = amountSat / steps, leastSat = localSat + movedSat - amountSat;
    let usedSat = 0;
    for (let i = 0; i < steps; i++) {
      const chance = probabilityAbove(
        looked.forecast!.outboundNeed,
        leastSat + (i + 0.5) * widthSat,
      );
      usedSat += chance * widthSat;
    }
    const lossMsat = channel.lossOfGivingMsat(amountSat);
    const naiveMsat = usedSat * 500 / 1000;
    // The chance falls from 1 to 0 within the part: each step of the sum is off by so much at most.
    assert.ok(Math.abs(lossMsat - naiveMsat) <= amountSat * 0.5 / 16, `${lossMsat} ${naiveMsat}`);
    assert.equal(channel.expectedUseMsat(amountSat), lossMsat);
  }));
});

Deno.test("PlannedChannel charges a source by its own past's forecast, whatever model serves", () => {
  const given = { localSat: 900_000, curve: NOTHING };
  const past = outlook("a", { ...given, outSat: 400_000 });
  const model = outlook("a", { ...given, outSat: 100_000 });
  const charge = (looked: ChannelOutlook) => new PlannedChannel(looked).expectedUseMsat(500_000);
  assert.ok(charge(past) > charge(model));
  assert.equal(charge({ ...model, pastForecast: past.forecast }), charge(past));
});

Deno.test("PlannedChannel counts the forecast once where there is no past", () => {
  const channel = new PlannedChannel(outlook("a", { localSat: 500_000, outSat: 400_000 }));
  assert.equal(channel.expectedUseMsat(300_000), 0);
  assert.ok(channel.lossOfGivingMsat(300_000) > 0);
});

/** What is planned where `a` and `b` hold what the drained channel lacked in the past. */
function planned(outOfA: number, outOfB: number) {
  const drained = outlook("drained", { localSat: 20_000, outSat: 200_000, curve: NOTHING });
  const a = outlook("a", { localSat: 600_000, outSat: outOfA, curve: NOTHING });
  const b = outlook("b", { localSat: 600_000, outSat: outOfB, curve: NOTHING });
  const outlooks = [drained, a, b];
  const past = new NodePast(
    outlooks.map(({ channel: { channelId: id, capacitySat, localBalanceSat } }) => ({
      ...{ id, capacitySat, localSat: localBalanceSat },
    })),
    [{ timeMs: NOW_MS - HOUR_MS, outChannel: "drained", outMsat: 150_000_000, feeMsat: 75_000 }],
    [NOW_MS - DAY_MS, NOW_MS - 3 * DAY_MS],
    [0.5, 0.5],
  );
  const estimate = () => () => ({ feeMsat: 10_000, probability: 0.5 });
  return planRebalances(outlooks, estimate, NOW_MS, { pasts: new Map([["me", past]]) });
}

Deno.test("planRebalances takes from the source of which the forecast expects less, or from none", () => {
  assert.equal(planned(600_000, 0).suggestions[0].sourceChannel, "b");
  assert.equal(planned(0, 600_000).suggestions[0].sourceChannel, "a");
  assert.deepEqual(planned(3_000_000, 3_000_000).suggestions, []);
});

Deno.test("planRebalances says what of the past a gain rests on", () => {
  const [{ reasons }] = planned(600_000, 0).suggestions;
  const expected = "would have earned 75 sat in 1 d, 75 sat in 3 d; 0 sat are taken off";
  assert.ok(reasons.some((reason) => reason.includes(expected)), reasons.join("\n"));
});
