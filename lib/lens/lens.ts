import { DAY_MS } from "../core/mod.ts";
import type { Forecaster } from "../learning/mod.ts";
import {
  type CollectorOptions,
  type DemandForecast,
  FEATURE_NAMES,
  type FeatureSample,
  type FeatureTable,
  optimalBalance,
  SampleCollector,
} from "../liquidity/mod.ts";
import type { Network } from "../network/mod.ts";
import {
  type ChannelOutlook,
  type Plan,
  type PlannerOptions,
  planRebalances,
} from "../planning/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";
import { ChannelLedger } from "./channel_ledger.ts";
import { type CostPrior, RouteCosts } from "./route_costs.ts";
import { SampleBuffer } from "./sample_buffer.ts";

/** Settings of a {@linkcode Lens}. */
export interface LensOptions {
  forecaster: Forecaster;
  /** Corrects forecasts from samples whose horizon has passed; none when left out. */
  online?: OnlineCorrector;
  planner?: Partial<PlannerOptions>;
  collector?: Partial<CollectorOptions>;
  costPrior?: CostPrior;
  /** A channel seen for less than this gets no forecast: it is "learning". */
  minObservedMs?: number;
  /** Labelled samples kept for retraining; the oldest go first. */
  maxSamples?: number;
}

/** Learns between retrainings. */
export interface OnlineCorrector {
  correct(key: string, forecast: DemandForecast): DemandForecast;
  observe(sample: FeatureSample): void;
}

const DEFAULTS = { minObservedMs: DAY_MS, maxSamples: 200_000 };

/**
 * The engine: events in, forecasts and plans out. It keeps no clock: its time is that of the
 * newest event, so that the same events give the same plans whenever they are replayed.
 */
export class Lens {
  #collector: SampleCollector;
  #ledger = new ChannelLedger();
  #routes: RouteCosts;
  #forecaster: Forecaster;
  #samples: SampleBuffer;
  #options: LensOptions & typeof DEFAULTS;
  #cached: { timeMs: number; events: number; outlooks: ChannelOutlook[] } | undefined;

  constructor(options: LensOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#forecaster = options.forecaster;
    this.#routes = new RouteCosts(options.costPrior);
    this.#collector = new SampleCollector((sample) => this.#addSample(sample), options.collector);
    const { horizonMs } = this.#collector.options;
    this.#samples = new SampleBuffer({ most: this.#options.maxSamples, horizonMs });
  }

  /** Time of the newest event, Unix ms; -Infinity before the first. */
  get nowMs(): number {
    return this.#collector.stream.lastMs;
  }

  /** The forecaster that serves now. */
  get forecaster(): Forecaster {
    return this.#forecaster;
  }

  /** Events that were late, stale, repeated or unusable. */
  get counts() {
    return this.#collector.stream.counts;
  }

  /** Takes one event; the cost does not grow with history. */
  ingest(event: LensEvent): void {
    if (event.kind === "forward") this.#ledger.addForward(event.timeMs, event.forward);
    if (event.kind === "rebalance") {
      this.#ledger.addRebalance(event.timeMs, event.rebalance);
      this.#routes.learn(event.timeMs, event.rebalance);
    }
    this.#collector.ingest(event);
  }

  /** From now on route costs come from this graph. */
  setTopology(network: Network): void {
    this.#routes.setNetwork(network);
  }

  /** Replaces the forecaster; the next outlook is wholly the new one's. */
  swapForecaster(forecaster: Forecaster): void {
    this.#forecaster = forecaster;
    this.#cached = undefined;
  }

  /** Every channel whose state is known, in the order in which they were first seen. */
  outlooks(timeMs = this.nowMs): ChannelOutlook[] {
    const { events } = this.counts;
    if (this.#cached?.timeMs !== timeMs || this.#cached.events !== events) {
      this.#cached = { timeMs, events, outlooks: this.#look(timeMs) };
    }
    return this.#cached.outlooks;
  }

  /** Suggestions, and a decision for every channel. */
  recommend(timeMs = this.nowMs): Plan {
    const estimator = this.#routes.estimator(timeMs);
    return planRebalances(this.outlooks(timeMs), estimator, timeMs, this.#options.planner);
  }

  /** Samples whose label is complete, oldest first, for retraining. */
  trainingTable(): FeatureTable {
    return this.#samples.table();
  }

  /** Number of labelled samples kept. */
  get sampleCount(): number {
    return this.#samples.size;
  }

  #addSample(sample: FeatureSample): void {
    if (sample.label === undefined) return;
    this.#options.online?.observe(sample);
    this.#samples.add(sample);
  }

  #look(timeMs: number): ChannelOutlook[] {
    const { stream } = this.#collector;
    const keys = [...stream.keys()].filter((key) => stream.state(key) !== undefined);
    const width = FEATURE_NAMES.length;
    const data = new Float64Array(keys.length * width);
    keys.forEach((key, row) => {
      stream.vector(key, timeMs, data.subarray(row * width, (row + 1) * width));
    });
    const capacities = keys.map((key) => stream.state(key)!.capacitySat);
    const forecasts = keys.length === 0
      ? []
      : this.#forecaster.predict({ data, rows: keys.length, columns: width }, capacities);
    return keys.map((key, row) => this.#outlook(key, forecasts[row]));
  }

  #outlook(key: string, raw: DemandForecast): ChannelOutlook {
    const { stream } = this.#collector;
    const channel = stream.state(key)!;
    const stats = stream.stats(key)!;
    const known = stats.observedMs >= this.#options.minObservedMs;
    const forecast = known ? this.#options.online?.correct(key, raw) ?? raw : undefined;
    return {
      channel,
      forecast,
      optimal: forecast && optimalBalance(forecast, channel),
      earnedOutPpm: stats.earnedPpm,
      earnedInPpm: this.#ledger.earnedInPpm(channel.node, channel.channelId),
      forwardsSeen: stats.forwardsSeen,
      observedMs: stats.observedMs,
      lastRebalance: this.#ledger.lastRebalance(key),
    };
  }
}
