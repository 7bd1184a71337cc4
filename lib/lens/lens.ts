import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import {
  BaselineForecaster,
  type Forecaster,
  type NeedReason,
  type Side,
} from "../learning/mod.ts";
import {
  channelKey,
  type CollectorOptions,
  type CompactTable,
  type DemandForecast,
  FEATURE_NAMES,
  type FeatureSample,
  type FeatureTable,
  optimalBalance,
  SampleCollector,
  UnheardTimes,
} from "../liquidity/mod.ts";
import type { Network } from "../network/mod.ts";
import {
  type ChannelOutlook,
  type Plan,
  type PlannerOptions,
  planRebalances,
  type SuggestionBasis,
} from "../planning/mod.ts";
import type { ChannelState, LensEvent, Suggestion } from "../protocol/mod.ts";
import { ChannelLedger } from "./channel_ledger.ts";
import { OutcomeCalibration } from "./outcome_calibration.ts";
import { PastFlows, type PastOptions } from "./past_flows.ts";
import { PastTrials } from "./past_trials.ts";
import { type CostPrior, RouteCosts } from "./route_costs.ts";
import { SampleBuffer } from "./sample_buffer.ts";
import { type Judgement, ShadowJudge } from "./shadow_judge.ts";

/** Settings of a {@linkcode Lens}. */
export interface LensOptions {
  forecaster: Forecaster;
  /** Corrects forecasts from samples whose horizon has passed; none when left out. */
  online?: OnlineCorrector;
  planner?: Partial<PlannerOptions>;
  /** Other horizons than the main one are not labelled unless told here: nothing learns from them. */
  collector?: Partial<CollectorOptions>;
  costPrior?: CostPrior;
  /** A channel seen for less than this gets no forecast: it is "learning". */
  minObservedMs?: number;
  /**
   * Labelled samples kept for retraining, see {@linkcode SampleBuffer}. 0 where nothing is retrained.
   */
  maxSamples?: number;
  /** The past that is replayed to value liquidity. */
  past?: Partial<PastOptions>;
  /** Share of what a node earned lately that it may spend on rebalances, 0 to 1. */
  budgetShare?: number;
  /**
   * Time between two plans that are made to be judged, whether anyone asks or not; 0 for none: then
   * what is due is judged whenever somebody asks.
   */
  shadowEveryMs?: number;
  /** Told of every suggestion whose horizon has passed: would it have paid? */
  onJudged?: (judgement: Judgement) => void;
}

/** Learns between retrainings. */
export interface OnlineCorrector {
  correct(key: string, forecast: DemandForecast): DemandForecast;
  observe(sample: FeatureSample): void;
}

/** What the message of a suggestion takes. */
const MOST_REASON_LENGTH = 300;

const DEFAULTS = {
  minObservedMs: DAY_MS,
  // Three fifths are trained on: as many rows as a trainer takes.
  maxSamples: 100_000,
  budgetShare: 0.5,
  shadowEveryMs: 6 * HOUR_MS,
};

/**
 * The engine: events in, forecasts and plans out. It keeps no clock: its time is that of the
 * newest event, so that the same events give the same plans whenever they are replayed.
 */
export class Lens {
  /** When nodes were not listened to: nothing is learned from, nor judged by, what is not known. */
  readonly unheard = new UnheardTimes();
  #collector: SampleCollector;
  #ledger = new ChannelLedger();
  #routes: RouteCosts;
  #forecaster: Forecaster;
  readonly #baseline: BaselineForecaster;
  #samples: SampleBuffer;
  #options: LensOptions & typeof DEFAULTS;
  readonly #flows: PastFlows;
  readonly #calibration = new OutcomeCalibration();
  readonly #judge: ShadowJudge;
  readonly #trials: PastTrials;
  #shadowDueMs = NaN;
  #cached: { timeMs: number; events: number; outlooks: ChannelOutlook[] } | undefined;

  constructor(options: LensOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#forecaster = options.forecaster;
    this.#routes = new RouteCosts(options.costPrior);
    this.#flows = new PastFlows(options.past);
    this.#collector = new SampleCollector((sample) => this.#addSample(sample), {
      furtherHorizonsMs: [],
      ...options.collector,
      unheard: this.unheard,
      onDemand: (demand) => this.#flows.add(demand),
    });
    const { horizonMs } = this.#collector.options;
    this.#samples = new SampleBuffer({ most: this.#options.maxSamples, horizonMs });
    const paysWithinMs = options.forecaster.horizonMs;
    this.#baseline = new BaselineForecaster({ horizonMs: paysWithinMs });
    this.#trials = new PastTrials(paysWithinMs, this.#flows, this.unheard);
    this.#judge = new ShadowJudge(
      paysWithinMs,
      this.#flows,
      (found) => this.#learnPaid(found),
      this.unheard,
    );
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
      this.#judge.settle(event.timeMs, event.rebalance);
    }
    this.#shadow(event.timeMs);
    this.#collector.ingest(event);
  }

  /** At every due time before an event: judges what is due, and makes a plan to be judged later. */
  #shadow(timeMs: number): void {
    const { shadowEveryMs } = this.#options;
    if (shadowEveryMs === 0 || !Number.isFinite(timeMs)) return;
    if (Number.isNaN(this.#shadowDueMs)) this.#shadowDueMs = timeMs + shadowEveryMs;
    if (timeMs < this.#shadowDueMs) return;
    this.#judge.advance(this.nowMs);
    this.recommend(this.nowMs);
    this.#shadowDueMs = timeMs + shadowEveryMs;
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
    if (this.#options.shadowEveryMs === 0) this.#judge.advance(this.nowMs);
    const outlooks = this.outlooks(timeMs);
    const byNode = Map.groupBy(outlooks.map(({ channel }) => channel), ({ node }) => node);
    const { budgetShare } = this.#options;
    const ofEach = <T>(make: (node: string, channels: readonly ChannelState[]) => T) =>
      new Map(Array.from(byNode, ([node, channels]) => [node, make(node, channels)]));
    const plan = planRebalances(outlooks, this.#routes.estimator(timeMs), timeMs, {
      budgetMsat: ofEach((node) => this.#ledger.budgetMsat(node, timeMs, budgetShare)),
      pasts: ofEach((_, channels) => this.#flows.nodePast(channels, this.nowMs)),
      tryOnPast: (move) => this.#trials.of(move, this.nowMs),
      calibration: this.#calibration,
      ...this.#options.planner,
    });
    plan.suggestions.forEach((suggestion, i) => {
      this.#watch(suggestion, plan.bases[i], timeMs);
      this.#explain(suggestion, timeMs);
    });
    return plan;
  }

  /** What moves a channel's forecast needs most; undefined where the forecaster can't tell. */
  explain(key: string): Record<Side, NeedReason[]> | undefined {
    const { stream } = this.#collector;
    if (stream.state(key) === undefined || this.#forecaster.explain === undefined) return undefined;
    const vector = stream.vector(key, this.nowMs);
    return {
      outbound: this.#forecaster.explain("outbound", vector),
      inbound: this.#forecaster.explain("inbound", vector),
    };
  }

  /** Adds what moves the target's forecast most, where the forecaster can tell. */
  #explain({ node, targetChannel, reasons }: Suggestion, timeMs: number): void {
    const vector = this.#collector.stream.vector(channelKey(node, targetChannel), timeMs);
    const found = this.#forecaster.explain?.("outbound", vector) ?? [];
    if (found.length === 0) return;
    reasons.push(found.map(({ text }) => text).join("; ").slice(0, MOST_REASON_LENGTH));
  }

  /** Remembers a suggestion, to learn from what comes of it. */
  #watch(suggestion: Suggestion, basis: SuggestionBasis, timeMs: number): void {
    const { stream } = this.#collector;
    const { node, sourceChannel, targetChannel } = suggestion;
    const source = stream.state(channelKey(node, sourceChannel));
    const target = stream.state(channelKey(node, targetChannel));
    if (source === undefined || target === undefined) return;
    this.#routes.expect(suggestion, basis.route);
    this.#judge.add(suggestion, basis, { timeMs, source, target });
  }

  #learnPaid(judgement: Judgement): void {
    const { basis, earnedMsat, feeMsat, carriedOut } = judgement;
    this.#calibration.learnPaid(basis.shown, { paid: earnedMsat > feeMsat, carriedOut });
    this.#options.onJudged?.(judgement);
  }

  /** Samples whose label is complete, oldest first, for retraining. */
  trainingTable(): FeatureTable {
    return this.#samples.table();
  }

  /** The same in parts that won't change, to be handed on one by one. */
  trainingTables(): CompactTable[] {
    return this.#samples.tables();
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
    const predict = (forecaster: Forecaster) =>
      keys.length === 0
        ? []
        : forecaster.predict({ data, rows: keys.length, columns: width }, capacities);
    const forecasts = predict(this.#forecaster);
    const pasts = this.#forecaster instanceof BaselineForecaster ? [] : predict(this.#baseline);
    return keys.map((key, row) => this.#outlook(key, forecasts[row], pasts[row]));
  }

  #outlook(key: string, raw: DemandForecast, pastForecast?: DemandForecast): ChannelOutlook {
    const { stream } = this.#collector;
    const channel = stream.state(key)!;
    const stats = stream.stats(key)!;
    const known = stats.observedMs >= this.#options.minObservedMs;
    const forecast = known ? this.#options.online?.correct(key, raw) ?? raw : undefined;
    const earnedInPpm = this.#ledger.earnedInPpm(channel.node, channel.channelId);
    return {
      channel,
      forecast,
      pastForecast: known ? pastForecast : undefined,
      curve: known
        ? this.#flows.curve(key, {
          capacitySat: channel.capacitySat,
          ratePpm: Math.max(stats.earnedPpm, earnedInPpm),
          timeMs: this.nowMs,
          observedMs: stats.observedMs,
        })
        : undefined,
      optimal: forecast && optimalBalance(forecast, channel),
      earnedOutPpm: stats.earnedPpm,
      earnedInPpm,
      forwardsSeen: stats.forwardsSeen,
      observedMs: stats.observedMs,
      lastRebalance: this.#ledger.lastRebalance(key),
    };
  }
}
