import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";
import type { ChannelDemand } from "./demand.ts";
import { FeatureStream } from "./feature_stream.ts";
import type { FeatureSample } from "./feature_table.ts";
import { labelWindow } from "./labels.ts";

/** Settings of a {@linkcode SampleCollector}. */
export interface CollectorOptions {
  /** Length of the window whose demand is the label. */
  horizonMs: number;
  /** Hours between two samples of one channel; different channels take turns. 0 takes none by itself. */
  everyHours: number;
  /** A node silent for longer has a gap: labels that reach into it are not complete. */
  gapMs: number;
  /** A channel without a sign of life for longer is not sampled. */
  silenceMs: number;
  /** Where flows come from, see `FeatureStreamOptions`. */
  flowsFrom: "auto" | "forwards";
}

/** Values of {@linkcode CollectorOptions} where none is given. */
export const COLLECTOR_DEFAULTS = {
  horizonMs: DAY_MS,
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
  pending: Pending[];
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
  /** Samples without a label because the node fell silent within their window. */
  gaps = 0;
  #onSample: (sample: FeatureSample) => void;
  #windows = new Map<string, ChannelWindow>();
  /** Next whole hour at which samples are due, and labels looked after. */
  #dueMs = NaN;
  #nodeHeardMs = new Map<string, number>();

  /** @param onSample told of each sample when its label is known, or known never to come */
  constructor(onSample: (sample: FeatureSample) => void, options: Partial<CollectorOptions> = {}) {
    this.options = { ...COLLECTOR_DEFAULTS, ...options };
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
    for (const key of this.#windows.keys()) {
      rest.push(...this.#close(key, this.stream.lastMs, true));
    }
    for (const sample of rest.sort((a, b) => a.timeMs - b.timeMs)) this.#onSample(sample);
  }

  /** Number of samples whose horizon has not passed. */
  get pending(): number {
    let count = 0;
    for (const window of this.#windows.values()) count += window.pending.length;
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
    for (const [key, window] of this.#windows) {
      const [first] = window.pending;
      if (first !== undefined && first.sample.timeMs + options.horizonMs < toMs) {
        for (const sample of this.#close(key, toMs, false)) this.#onSample(sample);
      }
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
    window.pending.push({
      sample: { timeMs, ...identity, vector: this.stream.vector(key, timeMs) },
      capacitySat: this.stream.state(key)?.capacitySat ?? NaN,
      from: window.forgotten + window.demands.length,
    });
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
      this.#windows.set(key, window = { demands: [], forgotten: 0, pending: [] });
    }
    return window;
  }

  #demand(demand: ChannelDemand): void {
    const window = this.#windows.get(demand.key);
    if (window === undefined || window.pending.length === 0) return;
    const { demands } = window;
    demands.push(demand);
    // A late event belongs where its time puts it.
    for (let i = demands.length - 1; i > 0 && demands[i - 1].timeMs > demands[i].timeMs; i--) {
      [demands[i - 1], demands[i]] = [demands[i], demands[i - 1]];
    }
  }

  /** Labels the samples of a channel whose horizon lies before `nowMs` (or at it, at the end). */
  #close(key: string, nowMs: number, end: boolean): FeatureSample[] {
    const window = this.#windows.get(key)!;
    const { horizonMs, gapMs } = this.options;
    const closed: FeatureSample[] = [];
    for (const pending of window.pending) {
      const untilMs = pending.sample.timeMs + horizonMs;
      const passed = untilMs < nowMs || (end && untilMs <= nowMs);
      if (!passed && !end) break;
      const heardMs = this.#nodeHeardMs.get(pending.sample.node) ?? -Infinity;
      const gap = passed && nowMs - heardMs > gapMs;
      if (gap) this.gaps++;
      if (passed && !gap) pending.sample.label = this.#label(window, pending, untilMs);
      closed.push(pending.sample);
    }
    window.pending.splice(0, closed.length);
    const keep = window.pending[0]?.from ?? window.forgotten + window.demands.length;
    window.demands.splice(0, keep - window.forgotten);
    window.forgotten = keep;
    return closed;
  }

  #label(window: ChannelWindow, pending: Pending, untilMs: number) {
    const flows = window.demands.slice(pending.from - window.forgotten).filter((demand) =>
      demand.timeMs > pending.sample.timeMs && demand.timeMs <= untilMs
    );
    return labelWindow(flows, pending.capacitySat);
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
