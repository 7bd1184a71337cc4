import {
  CsvWriter,
  InputError,
  LensError,
  MINUTE_MS,
  type ProgressFactory,
  RejectedRows,
  silentProgress,
} from "../core/mod.ts";
import { type EventBatch, type EventFileKind, mergeBatches, openEventFile } from "./event_files.ts";
import type { FeatureSample } from "./feature_table.ts";
import { FEATURES_COLUMNS, featuresRow } from "./features_csv.ts";
import { channelKey } from "./forecast.ts";
import { COLLECTOR_DEFAULTS, SampleCollector } from "./sample_collector.ts";

/** What {@linkcode buildFeatures} reads and writes. */
export interface BuildFeaturesOptions {
  /** Forwards, snapshots, a forwarding log or a transactions file. */
  input: string;
  /** Snapshots that go with forwards. */
  snapshots?: string;
  output: string;
  horizonMs: number;
  /** Collect refused rows instead of stopping at the first. */
  skipInvalid?: boolean;
  progress?: ProgressFactory;
  signal?: AbortSignal;
}

/** What was read and written. */
export interface FeaturesSummary {
  kind: EventFileKind;
  output: string;
  /** Events taken from the input. */
  events: number;
  nodes: number;
  channels: number;
  /** Channels whose capacity and balances are unknown. */
  channelsWithoutBalances: number;
  rows: number;
  labelledRows: number;
  /** Rows without a label because their node fell silent for days. */
  gaps: number;
  /** Failed forwards that repeated one just before. */
  retries: number;
  firstMs: number;
  lastMs: number;
  rejectedRows: number;
  rejectedPath?: string;
}

/** Of a transactions file, a channel is sampled after rows that change it, at most this often. */
const LEGACY_SPACING_MS = MINUTE_MS;

/**
 * Turns a file of events into a features file. Channels are sampled every
 * fourth hour by turns (see {@linkcode COLLECTOR_DEFAULTS}); those of a transactions file after each
 * row that changes their balance. The output appears when it is whole, or not at all.
 *
 * @throws {InputError} for files and rows that are wrong, and when nothing can be sampled
 */
export async function buildFeatures(options: BuildFeaturesOptions): Promise<FeaturesSummary> {
  const rejected = new RejectedRows(options.output, options.skipInvalid ?? false);
  const input = await openEventFile(options.input, rejected);
  if (
    options.snapshots !== undefined && input.kind !== "forwards" && input.kind !== "routing_log"
  ) {
    throw new InputError({
      file: options.input,
      found: `a ${input.kind} file`,
      expected: "forwards, when snapshots are given beside it",
    });
  }
  const batches = options.snapshots === undefined
    ? input.batches
    : mergeBatches(await snapshotBatches(options.snapshots, rejected), input.batches);
  const builder = new FeaturesBuilder(input.kind, options);
  const writer = await CsvWriter.open(options.output, FEATURES_COLUMNS);
  try {
    await builder.run(batches, writer);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return builder.summary(rejected.count, await rejected.close());
}

async function snapshotBatches(path: string, rejected: RejectedRows) {
  const { kind, batches } = await openEventFile(path, rejected);
  if (kind !== "snapshots") {
    throw new InputError({ file: path, found: `a ${kind} file`, expected: "a snapshots file" });
  }
  return batches;
}

class FeaturesBuilder {
  #samples: FeatureSample[] = [];
  #collector: SampleCollector;
  #rows = 0;
  #labelled = 0;
  #firstMs = NaN;
  #sampledMs = new Map<string, number>();

  constructor(readonly kind: EventFileKind, readonly options: BuildFeaturesOptions) {
    this.#collector = new SampleCollector((sample) => this.#samples.push(sample), {
      horizonMs: options.horizonMs,
      tell: "complete",
      everyHours: kind === "transactions" ? 0 : COLLECTOR_DEFAULTS.everyHours,
      flowsFrom: kind === "forwards" || kind === "routing_log" ? "forwards" : "auto",
    });
  }

  async run(batches: AsyncIterable<EventBatch>, writer: CsvWriter): Promise<void> {
    const { input, progress = silentProgress, signal } = this.options;
    const bar = progress("features", (await Deno.stat(input)).size);
    let characters = 0;
    let count = 0;
    try {
      for await (const batch of batches) {
        if (signal?.aborted) throw new LensError("features: interrupted, nothing was written");
        this.#ingest(batch);
        await this.#write(writer);
        characters += batch.characters;
        if (count++ % 1000 === 0) bar.update(characters, `${this.#rows} rows`);
      }
    } finally {
      bar.stop();
    }
    this.#collector.finish();
    await this.#write(writer);
    if (this.#rows === 0) {
      throw new InputError({
        file: input,
        found: count === 0 ? "no usable row" : "less than an hour of any channel",
        expected: "events from which a channel can be sampled",
      });
    }
  }

  #ingest(batch: EventBatch): void {
    if (Number.isNaN(this.#firstMs)) this.#firstMs = batch.timeMs;
    if (batch.legacy === undefined) {
      for (const event of batch.events) this.#collector.ingest(event);
      return;
    }
    const { before, transaction, after } = batch.legacy;
    const { stream } = this.#collector;
    // Balances before a payment are news only of channels not known yet.
    for (const event of before) {
      if (event.kind !== "channel_state") continue;
      const { node, channelId } = event.channel;
      if (stream.state(channelKey(node, channelId)) === undefined) this.#collector.ingest(event);
    }
    if (transaction !== undefined) this.#collector.ingest(transaction);
    const changed: string[] = [];
    for (const event of after) {
      if (event.kind !== "channel_state") continue;
      const key = channelKey(event.channel.node, event.channel.channelId);
      if (stream.state(key)?.localBalanceSat !== event.channel.localBalanceSat) changed.push(key);
      this.#collector.ingest(event);
    }
    for (const key of changed) this.#sampleLegacy(key, batch.timeMs);
  }

  #sampleLegacy(key: string, timeMs: number): void {
    if (timeMs - (this.#sampledMs.get(key) ?? -Infinity) < LEGACY_SPACING_MS) return;
    this.#sampledMs.set(key, timeMs);
    this.#collector.sample(key);
  }

  async #write(writer: CsvWriter): Promise<void> {
    if (this.#samples.length === 0) return;
    for (const sample of this.#samples) {
      await writer.write(featuresRow(sample, this.options.horizonMs));
      this.#rows++;
      if (sample.label !== undefined) this.#labelled++;
    }
    this.#samples = [];
  }

  summary(rejectedRows: number, rejectedPath: string | undefined): FeaturesSummary {
    const { stream, gaps } = this.#collector;
    const keys = [...stream.keys()];
    return {
      kind: this.kind,
      output: this.options.output,
      events: stream.counts.events,
      nodes: new Set(keys.map((key) => stream.identity(key)!.node)).size,
      channels: keys.length,
      channelsWithoutBalances: keys.filter((key) => stream.state(key) === undefined).length,
      rows: this.#rows,
      labelledRows: this.#labelled,
      gaps,
      retries: stream.counts.retries,
      firstMs: this.#firstMs,
      lastMs: stream.lastMs,
      rejectedRows,
      rejectedPath,
    };
  }
}
