import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";
import type { ChannelDemand } from "./demand.ts";
import { FeatureStream } from "./feature_stream.ts";
import { type FeatureSample, FURTHER_HORIZONS_MS } from "./feature_table.ts";
import { FEATURE_NAMES } from "./feature_vector.ts";
import { labelWindow } from "./labels.ts";
import type { UnheardTimes } from "./unheard_times.ts";
import { VectorSlab } from "./vector_slab.ts";

/** Settings of a {@linkcode SampleCollector}. */
export interface CollectorOptions {
  /** Length of the window whose demand is the label. */
  horizonMs: number;
  /** Other windows whose demand is labelled as well; the one equal to `horizonMs` is passed over. */
  furtherHorizonsMs: readonly number[];
  /** When a sample is told of: with its label, others being added to it later, or with all. */
  tell: "labelled" | "complete";
  /** Hours between two samples of one channel; different channels take turns. 0 takes none by itself. */
  everyHours: number;
  /** A node silent for longer has a gap: labels that reach into it are not complete. */
  gapMs: number;
  /** A channel without a sign of life for longer is not sampled. */
  silenceMs: number;
  /** Where flows come from, see `FeatureStreamOptions`. */
  flowsFrom: "auto" | "forwards";
  /** Told of every demand, as it arrives. */
  onDemand?: (demand: ChannelDemand) => void;
  /** When nodes were not listened to: windows that reach into it have no complete label either. */
  unheard?: UnheardTimes;
}

/** Values of {@linkcode CollectorOptions} where none is given. */
export const COLLECTOR_DEFAULTS = {
  horizonMs: DAY_MS,
  furtherHorizonsMs: FURTHER_HORIZONS_MS,
  tell: "labelled",
  everyHours: 4,
  gapMs: 3 * DAY_MS,
  silenceMs: 30 * DAY_MS,
  flowsFrom: "auto",
} satisfies CollectorOptions;

interface Pending {
  sample: FeatureSample;
  capacitySat: number;
  /** Start of the window in the channel's list of demands, counted from its first ever. */
  from: number;
}

interface ChannelWindow {
  demands: ChannelDemand[];
  /** Demands forgotten so far: index of `demands[0]`, counted from the first ever. */
  forgotten: number;
  /** Open samples by horizon, in the order of `SampleCollector.horizonsMs`. */
  queues: Pending[][];
}

/**
 * Takes samples from a stream of events and gives them their label once their horizon has passed.
 * The same for a file and for live data; what is held is the demand of one horizon.
 *
 * Samples are taken at whole hours, each channel every `everyHours`th, after all events up to that
 * time; the label counts demand in (t, t + horizon].
 */
export class SampleCollector {
  readonly stream: FeatureStream;
  readonly options: CollectorOptions;
  /** All horizons: that of the label first, then the others, ascending. */
  readonly horizonsMs: readonly number[];
  /** Samples without a label because the node fell silent, or was not heard, within their window. */
  gaps = 0;
  #onSample: (sample: FeatureSample) => void;
  #windows = new Map<string, ChannelWindow>();
  /** Next whole hour at which samples are due, and labels looked after. */
  #dueMs = NaN;
  #nodeHeardMs = new Map<string, number>();
  readonly #vectors = new VectorSlab(FEATURE_NAMES.length);

  /** @param onSample told of each sample when its label is known, or known never to come */
  constructor(onSample: (sample: FeatureSample) => void, options: Partial<CollectorOptions> = {}) {
    this.options = { ...COLLECTOR_DEFAULTS, ...options };
    const { horizonMs, furtherHorizonsMs } = this.options;
    const further = furtherHorizonsMs.filter((other) => other !== horizonMs);
    this.horizonsMs = [horizonMs, ...further.toSorted((a, b) => a - b)];
    this.#onSample = onSample;
    this.stream = new FeatureStream({
      onDemand: (demand) => this.#demand(demand),
      flowsFrom: this.options.flowsFrom,
    });
  }

  /** Takes one event: first the samples due before it, then the event itself. */
  ingest(event: LensEvent): void {
    if (Number.isFinite(event.timeMs) && event.timeMs > this.stream.lastMs) {
      this.#advance(event.timeMs);
    }
    this.stream.update(event);
    const node = nodeOf(event);
    if (node !== undefined) this.#nodeHeardMs.set(node, this.stream.lastMs);
  }

  /** Takes a sample of a channel now, whatever its turn. */
  sample(key: string): void {
    this.#take(key, this.stream.lastMs);
  }

  /** Ends the data: what is still pending has no complete label, unless its horizon ends just now. */
  finish(): void {
    const rest: FeatureSample[] = [];
    for (const window of this.#windows.values()) {
      rest.push(...this.#close(window, this.stream.lastMs, true));
    }
    for (const sample of rest.sort((a, b) => a.timeMs - b.timeMs)) this.#onSample(sample);
  }

  /** Number of samples whose horizon has not passed. */
  get pending(): number {
    let count = 0;
    for (const window of this.#windows.values()) count += window.queues[0].length;
    return count;
  }

  #advance(toMs: number): void {
    const { stream, options } = this;
    if (!Number.isFinite(stream.lastMs)) return;
    if (Number.isNaN(this.#dueMs)) this.#dueMs = hourFrom(stream.lastMs);
    if (this.#dueMs >= toMs) return;
    // Into a gap of all data only its start is sampled.
    const until = Math.min(toMs, stream.lastMs + options.gapMs);
    for (; this.#dueMs < until; this.#dueMs += HOUR_MS) {
      if (options.everyHours > 0) this.#sampleHour(this.#dueMs);
    }
    this.#dueMs = hourFrom(toMs);
    for (const window of this.#windows.values()) {
      const due = window.queues.some(([first], h) =>
        first !== undefined && first.sample.timeMs + this.horizonsMs[h] < toMs
      );
      if (!due) continue;
      for (const sample of this.#close(window, toMs, false)) this.#onSample(sample);
    }
  }

  #sampleHour(timeMs: number): void {
    const hour = Math.round(timeMs / HOUR_MS);
    for (const key of this.stream.keys()) {
      if ((hour + turnOf(key)) % this.options.everyHours === 0) this.#take(key, timeMs);
    }
  }

  #take(key: string, timeMs: number): void {
    const identity = this.stream.identity(key);
    if (identity === undefined || !this.#alive(key, timeMs)) return;
    const window = this.#window(key);
    const pending = {
      sample: {
        timeMs,
        ...identity,
        vector: this.stream.vector(key, timeMs, this.#vectors.take()),
      },
      capacitySat: this.stream.state(key)?.capacitySat ?? NaN,
      from: window.forgotten + window.demands.length,
    };
    for (const queue of window.queues) queue.push(pending);
  }

  /** Heard of lately: by a state where the channel has one, else by forwards of the channel. */
  #alive(key: string, timeMs: number): boolean {
    const fresh = this.stream.freshness(key)!;
    if (timeMs - fresh.nodeMs > this.options.gapMs) return false;
    if (Number.isFinite(fresh.stateMs)) return timeMs - fresh.stateMs <= this.options.gapMs;
    return timeMs - this.stream.stats(key)!.lastSeenMs <= this.options.silenceMs;
  }

  #window(key: string): ChannelWindow {
    let window = this.#windows.get(key);
    if (window === undefined) {
      const queues = this.horizonsMs.map(() => []);
      this.#windows.set(key, window = { demands: [], forgotten: 0, queues });
    }
    return window;
  }

  #demand(demand: ChannelDemand): void {
    this.options.onDemand?.(demand);
    const window = this.#windows.get(demand.key);
    if (window === undefined || window.queues.every((queue) => queue.length === 0)) return;
    const { demands } = window;
    demands.push(demand);
    // A late event belongs where its time puts it.
    for (let i = demands.length - 1; i > 0 && demands[i - 1].timeMs > demands[i].timeMs; i--) {
      [demands[i - 1], demands[i]] = [demands[i], demands[i - 1]];
    }
  }

  /**
   * Labels the samples of a channel whose horizons lie before `nowMs` (or at it, at the end).
   *
   * @returns the samples to tell of now
   */
  #close(window: ChannelWindow, nowMs: number, end: boolean): FeatureSample[] {
    const told: FeatureSample[] = [];
    const telling = this.options.tell === "labelled" ? 0 : this.#longest();
    window.queues.forEach((queue, h) => {
      let closed = 0;
      for (const pending of queue) {
        const untilMs = pending.sample.timeMs + this.horizonsMs[h];
        const passed = untilMs < nowMs || (end && untilMs <= nowMs);
        if (!passed && !end) break;
        if (passed) this.#label(window, pending, h, nowMs);
        if (h === telling) told.push(pending.sample);
        closed++;
      }
      queue.splice(0, closed);
    });
    const oldest = window.queues.map(([first]) => first?.from ?? Infinity);
    const keep = Math.min(window.forgotten + window.demands.length, ...oldest);
    window.demands.splice(0, keep - window.forgotten);
    window.forgotten = keep;
    return told;
  }

  #longest(): number {
    return this.horizonsMs.indexOf(Math.max(...this.horizonsMs));
  }

  /** None where the node fell silent, or was not heard, within the window: what it did then is not known. */
  #label(window: ChannelWindow, { sample, capacitySat, from }: Pending, h: number, nowMs: number) {
    const { gapMs, unheard } = this.options;
    const heardMs = this.#nodeHeardMs.get(sample.node) ?? -Infinity;
    const untilMs = sample.timeMs + this.horizonsMs[h];
    const whole = unheard?.heard(sample.node, { fromMs: sample.timeMs, toMs: untilMs }) ?? true;
    if (nowMs - heardMs > gapMs || !whole) {
      if (h === 0) this.gaps++;
      return;
    }
    const flows: ChannelDemand[] = [];
    for (let i = from - window.forgotten; i < window.demands.length; i++) {
      const demand = window.demands[i];
      if (demand.timeMs > untilMs) break;
      if (demand.timeMs > sample.timeMs) flows.push(demand);
    }
    const label = labelWindow(flows, capacitySat);
    if (h === 0) sample.label = label;
    else (sample.further ??= new Map()).set(this.horizonsMs[h], label);
  }
}

function nodeOf(event: LensEvent): string | undefined {
  if (event.kind === "channel_state") return event.channel.node;
  if (event.kind === "forward") return event.forward.node;
  if (event.kind === "rebalance") return event.rebalance.node;
  return undefined;
}

/** The first whole hour at or after a time. */
function hourFrom(timeMs: number): number {
  return Math.ceil(timeMs / HOUR_MS) * HOUR_MS;
}

/** Which hours are a channel's turn: its name decides, so that turns are spread and stay the same. */
function turnOf(key: string): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) >>> 0;
  return hash % 5040;
}
