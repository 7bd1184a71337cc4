import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, MSAT_PER_SAT } from "../../lib/core/mod.ts";
import {
  channelKey,
  type CollectorOptions,
  type FeatureSample,
  FeatureStream,
  isDemand,
  labelWindow,
  SampleCollector,
  UnheardTimes,
  type WindowFlow,
} from "../../lib/liquidity/mod.ts";
import type { LensEvent } from "../../lib/protocol/mod.ts";
import { syntheticEvents } from "../fixtures/synthetic_events.ts";

const HORIZON_MS = 6 * HOUR_MS;

function collect(events: readonly LensEvent[], everyHours = 1) {
  const samples: FeatureSample[] = [];
  const collector = new SampleCollector((sample) => samples.push(sample), {
    horizonMs: HORIZON_MS,
    everyHours,
  });
  for (const event of events) collector.ingest(event);
  collector.finish();
  return { samples, collector };
}

/** The label by going through all events anew. Takes repeats within minutes as one, as a filter would. */
function naiveLabel(events: readonly LensEvent[], sample: FeatureSample) {
  const flows: WindowFlow[] = [];
  for (const event of events) {
    if (event.kind !== "forward" || event.forward.node !== sample.node) continue;
    if (event.timeMs <= sample.timeMs || event.timeMs > sample.timeMs + HORIZON_MS) continue;
    const { forward } = event;
    if (!isDemand(forward)) continue;
    const feeMsat = forward.inAmountMsat - forward.outAmountMsat;
    if (forward.inChannel === sample.channelId) {
      flows.push({ direction: "in", amountMsat: forward.inAmountMsat, feeMsat });
    }
    if (forward.outChannel === sample.channelId) {
      flows.push({ direction: "out", amountMsat: forward.outAmountMsat, feeMsat });
    }
  }
  return labelWindow(flows, sample.vector[0]);
}

Deno.test("SampleCollector labels and vectors equal those of a replay from the start", () => {
  const events = syntheticEvents({ nodes: 2, channelsPerNode: 4, days: 2, seed: 3 });
  const { samples } = collect(events);
  const endMs = events.at(-1)!.timeMs;
  assert.ok(samples.length > 300);
  let checked = 0;
  for (const [index, sample] of samples.entries()) {
    assert.equal(sample.timeMs % HOUR_MS, 0);
    assert.equal(sample.label !== undefined, sample.timeMs + HORIZON_MS <= endMs);
    if (sample.label === undefined || index % 23 !== 0) continue;
    checked++;
    assert.deepEqual(sample.label, naiveLabel(events, sample));
    const stream = new FeatureStream();
    for (const event of events) if (event.timeMs <= sample.timeMs) stream.update(event);
    const key = channelKey(sample.node, sample.channelId);
    assert.deepEqual(stream.vector(key, sample.timeMs), sample.vector);
  }
  assert.ok(checked > 10);
});

Deno.test("SampleCollector channels take turns, each every few hours", () => {
  const { samples } = collect(syntheticEvents({ nodes: 1, days: 2 }), 4);
  const times = new Map<string, number[]>();
  for (const { channelId, timeMs } of samples) {
    times.set(channelId, [...times.get(channelId) ?? [], timeMs]);
  }
  const phases = new Set<number>();
  for (const list of times.values()) {
    const sorted = list.sort((a, b) => a - b);
    sorted.slice(1).forEach((time, i) => assert.equal(time - sorted[i], 4 * HOUR_MS));
    phases.add(sorted[0] % (4 * HOUR_MS));
  }
  assert.ok(phases.size > 1);
});

Deno.test("SampleCollector a node's silence of days leaves its labels open", () => {
  const start = Date.UTC(2024, 0, 1);
  const first = syntheticEvents({ nodes: 1, days: 1, startMs: start });
  const second = syntheticEvents({ nodes: 1, days: 1, startMs: start + 20 * DAY_MS, seed: 2 });
  const { samples, collector } = collect([...first, ...second]);
  const gapFrom = first.at(-1)!.timeMs;
  const gapTo = second[0].timeMs;
  assert.ok(collector.gaps > 0);
  for (const { timeMs, label } of samples) {
    const reachesIn = timeMs < gapTo && timeMs + HORIZON_MS > gapFrom;
    if (reachesIn) assert.equal(label, undefined);
    assert.ok(timeMs <= gapFrom + 3 * DAY_MS || timeMs >= gapTo);
  }
});

Deno.test("SampleCollector gives no label, of any horizon, to a window in which the node was not heard", () => {
  const start = Date.UTC(2024, 0, 1);
  const events = syntheticEvents({ nodes: 2, days: 8, startMs: start });
  const gap = { fromMs: start + 3 * DAY_MS, toMs: start + 3 * DAY_MS + 2 * HOUR_MS };
  const deaf = events.find((event) => event.kind === "channel_state")!.channel.node;
  const unheard = new UnheardTimes();
  const samples: FeatureSample[] = [];
  const furtherMs = 3 * DAY_MS;
  const collector = new SampleCollector((sample) => samples.push(sample), {
    horizonMs: HORIZON_MS,
    everyHours: 1,
    furtherHorizonsMs: [furtherMs],
    tell: "complete",
    unheard,
  });
  for (const event of events) {
    // It is known at once that nothing is heard, and only later how long that lasted.
    if (event.timeMs >= gap.fromMs && event.timeMs < gap.toMs) unheard.begin(deaf, gap.fromMs);
    else if (event.timeMs >= gap.toMs) unheard.add(deaf, gap);
    collector.ingest(event);
  }
  const reaches = (fromMs: number, lengthMs: number) =>
    fromMs < gap.toMs && fromMs + lengthMs > gap.fromMs &&
    unheard.withinMs(deaf, { fromMs, toMs: fromMs + lengthMs }) > 0.01 * lengthMs;
  let without = 0, withLabel = 0;
  for (const { node, timeMs, label, further } of samples) {
    const lost = node === deaf && reaches(timeMs, HORIZON_MS);
    assert.equal(label === undefined, lost, `${node} ${timeMs}`);
    assert.equal(further?.has(furtherMs) ?? false, !(node === deaf && reaches(timeMs, furtherMs)));
    if (lost) without++;
    else withLabel++;
  }
  assert.ok(without > 20 && withLabel > without, `${without} without, ${withLabel} with a label`);
  assert.equal(collector.gaps, without);
});

Deno.test("SampleCollector holds no more than a horizon of samples", () => {
  const events = syntheticEvents({ nodes: 1, channelsPerNode: 3, days: 6 });
  const collector = new SampleCollector(() => {}, { horizonMs: HORIZON_MS, everyHours: 1 });
  for (const event of events) {
    collector.ingest(event);
    assert.ok(collector.pending <= 3 * (HORIZON_MS / HOUR_MS + 2));
  }
});

Deno.test("SampleCollector without forwards labels changes of balance", () => {
  const balances = [500, 400, 450, 300, 300];
  const events = balances.map((sat, i): LensEvent => ({
    kind: "channel_state",
    timeMs: Date.UTC(2024, 0, 1) + i * 2 * HOUR_MS,
    channel: {
      node: "n",
      channelId: "c",
      peer: "p",
      capacitySat: 1000,
      localBalanceSat: sat,
      remoteBalanceSat: 1000 - sat,
      active: true,
    },
  }));
  const { samples } = collect(events);
  // Fees at the rate taken where no terms are shown: 400 ppm.
  const flows: WindowFlow[] = [
    { direction: "in", amountMsat: 50 * MSAT_PER_SAT, feeMsat: 20 },
    { direction: "out", amountMsat: 150 * MSAT_PER_SAT, feeMsat: 60 },
  ];
  const atTwo = samples.find((sample) => sample.timeMs === events[1].timeMs);
  assert.deepEqual(atTwo?.label, labelWindow(flows, 1000));
});

Deno.test("SampleCollector labels of further horizons equal those of collectors of their own", () => {
  const events = syntheticEvents({ nodes: 1, channelsPerNode: 4, days: 4, seed: 5 });
  const collected = (options: Partial<CollectorOptions>) => {
    const samples: FeatureSample[] = [];
    const collector = new SampleCollector((sample) => samples.push(sample), {
      everyHours: 3,
      ...options,
    });
    for (const event of events) collector.ingest(event);
    collector.finish();
    const moment = (sample: FeatureSample) => `${sample.channelId}@${sample.timeMs}`;
    return new Map(samples.map((sample) => [moment(sample), sample]));
  };
  const hours = [2, 24];
  for (const tell of ["labelled", "complete"] as const) {
    const together = collected({
      horizonMs: HORIZON_MS,
      furtherHorizonsMs: hours.map((h) => h * HOUR_MS),
      tell,
    });
    for (const h of hours) {
      const alone = collected({ horizonMs: h * HOUR_MS, furtherHorizonsMs: [] });
      assert.equal(alone.size, together.size);
      for (const [moment, { label }] of alone) {
        assert.deepEqual(
          together.get(moment)!.further?.get(h * HOUR_MS),
          label,
          `${moment} ${h} h`,
        );
      }
    }
  }
});
