import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import {
  channelKey,
  type DemandForecast,
  FEATURE_NAMES,
  type FeatureSample,
  QUANTILE_LEVELS,
} from "../liquidity/mod.ts";
import { BaselineForecaster } from "./baseline_forecaster.ts";
import { type Forecaster, meetableNeed, tidyQuantiles } from "./forecaster.ts";
import { type MixedNeed, NeedMixture } from "./need_mixture.ts";
import { type ChannelBalances, OpenPast } from "./open_past.ts";
import { lastNeedSat, type Side, SIDES } from "./reference_scale.ts";
import { meanPinball } from "./scores.ts";
import { VersionedVector } from "./versioned_vector.ts";

/** Settings of an {@linkcode OnlineLearner}. */
export interface OnlineOptions {
  /** Step of the factors that all channels share, on a logarithmic scale. */
  sharedStep: number;
  /** Step of a channel's own factors. */
  ownStep: number;
  /** A channel's own factors fade towards the shared ones at each step: little history, little weight. */
  ownFade: number;
  /** Factors stay within this of 1, up and down. */
  most: number;
  /** Samples seen before the correction may be used. */
  leastSamples: number;
  /** Half-life of the errors that decide whether it is used, in time of the samples. */
  memoryMs: number;
  /** Correct by mixing with the channel's own past (see `NeedMixture`) instead of by factors. */
  mixture: boolean;
  /**
   * Told of each forecast of the forecaster itself, once its horizon has passed: the pinball loss
   * as a share of the capacity, and when the horizon passed.
   */
  onLoss?: (loss: number, knownMs: number) => void;
}

/** Values of {@linkcode OnlineOptions} where none is given. */
export const ONLINE_DEFAULTS = {
  sharedStep: 0.002,
  ownStep: 0.05,
  ownFade: 0.02,
  most: 4,
  leastSamples: 200,
  memoryMs: 3 * DAY_MS,
  mixture: false,
} satisfies OnlineOptions;

/** Whose errors are kept. `raw` is the forecaster without a correction. */
export const PREQUENTIAL_NAMES = ["corrected", "raw", "ewma", "persistence"] as const;
export type PrequentialName = (typeof PREQUENTIAL_NAMES)[number];

/** Errors of forecasts judged before they were learned from. */
export interface PrequentialReport {
  samples: number;
  /** Mean pinball loss over levels and sides, sat, decayed; NaN before the first sample. */
  pinballSat: Record<PrequentialName, number>;
  /** Share of needs within the corrected and the raw 80 % interval, decayed. */
  coverage: Record<"corrected" | "raw", number>;
  /** Whether forecasts are being corrected now. */
  active: boolean;
}

/** Samples that wait at most until they are learned from. */
const BATCH = 256;
const LEVELS = QUANTILE_LEVELS.length;
const SIZE = SIDES.length * LEVELS;

/**
 * Corrects a forecaster between trainings. Each level of each side has a factor, one part shared by
 * all channels and one of the channel's own, moved by the gradient of the pinball loss: up by
 * `level` when the need came out above the forecast, down by `1 - level` when below, so that in the
 * long run each level is exceeded as often as it should be.
 *
 * It learns only from samples whose horizon has passed, and judges each with the factors as they
 * were when its forecast was due. Forecasts are corrected only while the corrected ones have had
 * the lower loss.
 *
 * @example
 * ```ts
 * import { BaselineForecaster, OnlineLearner } from "../../lib/learning/mod.ts";
 * const learner = new OnlineLearner(new BaselineForecaster());
 * // Feed it samples of a `SampleCollector` as they close: learner.observe(sample).
 * if (learner.active || learner.report().samples !== 0) throw new Error("it has seen nothing yet");
 * ```
 */
export class OnlineLearner {
  readonly options: OnlineOptions;
  #forecaster: Forecaster;
  #shared = new VersionedVector(SIZE, HOUR_MS);
  #own = new Map<string, VersionedVector>();
  #loss = new DecayedMeans(PREQUENTIAL_NAMES.length);
  #covered = new DecayedMeans(2);
  #ewma: BaselineForecaster;
  #open: OpenPast;
  #mixture: NeedMixture;
  #samples = 0;
  #nowMs = -Infinity;
  /** When the newest label was known. */
  #knownMs = 0;
  /** Samples not learned from yet: forecasts of many at once cost far less than one by one. */
  #waiting: FeatureSample[] = [];

  constructor(forecaster: Forecaster, options: Partial<OnlineOptions> = {}) {
    this.options = { ...ONLINE_DEFAULTS, ...options };
    this.#forecaster = forecaster;
    this.#ewma = new BaselineForecaster({ horizonMs: forecaster.horizonMs });
    this.#open = new OpenPast(forecaster.horizonMs);
    this.#mixture = new NeedMixture(forecaster.horizonMs);
  }

  /** The forecaster that is corrected. */
  get forecaster(): Forecaster {
    return this.#forecaster;
  }

  /** Starts anew for another forecaster: what was learned was about the old one. */
  setForecaster(forecaster: Forecaster): void {
    this.#catchUp();
    // What channels were asked for has nothing to do with who forecasts it; weights go on from where
    // they are, since a newer model is more like the old one than like any past.
    if (forecaster.horizonMs !== this.#forecaster.horizonMs) {
      this.#open = new OpenPast(forecaster.horizonMs);
      this.#mixture = new NeedMixture(forecaster.horizonMs);
    }
    this.#forecaster = forecaster;
    this.#ewma = new BaselineForecaster({ horizonMs: forecaster.horizonMs });
    this.#shared = new VersionedVector(SIZE, HOUR_MS);
    this.#own.clear();
    this.#loss = new DecayedMeans(PREQUENTIAL_NAMES.length);
    this.#covered = new DecayedMeans(2);
    this.#samples = 0;
    this.#waiting = [];
  }

  /** True while corrected forecasts have had the lower loss. */
  get active(): boolean {
    this.#catchUp();
    const [corrected, raw] = this.#loss.means();
    return this.#samples >= this.options.leastSamples && corrected < raw;
  }

  /**
   * The forecast to use: corrected while that has proved better, else as it is. Where the balances are
   * told, drained sides are raised to what was wanted of them while they were not, see `OpenPast`.
   */
  correct(key: string, forecast: DemandForecast, balances?: ChannelBalances): DemandForecast {
    const made = this.active ? this.#better(key, forecast) : forecast;
    return balances === undefined ? made : this.#open.lift(key, made, balances);
  }

  #better(key: string, forecast: DemandForecast): DemandForecast {
    return this.options.mixture
      ? withNeeds(forecast, this.#mixed(key, forecast, { atMs: this.#knownMs, capacitySat: NaN }))
      : this.#corrected(forecast, this.#factors(key, Infinity), NaN);
  }

  #mixed(
    key: string,
    forecast: DemandForecast,
    at: { atMs: number; capacitySat: number },
  ): Record<Side, MixedNeed> {
    const [outbound, inbound] = SIDES.map((side) =>
      this.#mixture.forecast({ key, side }, forecast[`${side}Need`], at)
    );
    return { outbound, inbound };
  }

  /**
   * Learns from a sample whose label is known; others are passed over. Samples come in the order
   * in which their horizons passed.
   */
  observe(sample: FeatureSample): void {
    if (sample.label === undefined) return;
    this.#waiting.push(sample);
    if (this.#waiting.length >= BATCH) this.#catchUp();
  }

  /** Learns from the samples that wait, in their order. */
  #catchUp(): void {
    const samples = this.#waiting;
    if (samples.length === 0) return;
    this.#waiting = [];
    const columns = FEATURE_NAMES.length;
    const data = new Float64Array(samples.length * columns);
    samples.forEach(({ vector }, row) => data.set(vector, row * columns));
    const vectors = { data, rows: samples.length, columns };
    const capacities = samples.map(({ vector }) => vector[0]);
    const raw = this.#forecaster.predict(vectors, capacities);
    const ewma = this.#ewma.predict(vectors, capacities);
    samples.forEach((sample, row) => this.#take(sample, raw[row], ewma[row]));
  }

  #take(sample: FeatureSample, raw: DemandForecast, ewma: DemandForecast): void {
    const { label, vector: [capacitySat] } = sample;
    if (label === undefined) return;
    this.#open.observe(sample);
    const key = channelKey(sample.node, sample.channelId);
    const mixed = this.options.mixture
      ? this.#mixed(key, raw, { atMs: sample.timeMs, capacitySat })
      : undefined;
    const then = mixed === undefined
      ? this.#corrected(raw, this.#factors(key, sample.timeMs), capacitySat)
      : withNeeds(raw, mixed);
    const actual = {
      outbound: meetableNeed(label.outboundNeedSat, capacitySat),
      inbound: meetableNeed(label.inboundNeedSat, capacitySat),
    };
    this.#judge(sample, actual, { corrected: then, raw, ewma });
    const knownMs = sample.timeMs + this.#forecaster.horizonMs;
    this.#knownMs = Math.max(this.#knownMs, knownMs);
    if (mixed === undefined) this.#learn(key, knownMs, actual, raw);
    else {
      for (const side of SIDES) {
        this.#mixture.learn({ key, side }, mixed[side], actual[side], knownMs);
      }
    }
  }

  /** Errors so far of the forecaster, its correction, and the baselines. */
  report(): PrequentialReport {
    this.#catchUp();
    const means = this.#loss.means();
    const [corrected, raw] = this.#covered.means();
    return {
      samples: this.#samples,
      pinballSat: Object.fromEntries(
        PREQUENTIAL_NAMES.map((name, i) => [name, means[i]]),
      ) as Record<PrequentialName, number>,
      coverage: { corrected, raw },
      active: this.active,
    };
  }

  /** Logarithms of the factors of a channel as of a time, both sides one after the other. */
  #factors(key: string, timeMs: number): Float64Array {
    const shared = this.#shared.at(timeMs);
    const own = this.#own.get(key)?.at(timeMs);
    return own === undefined ? shared : shared.map((value, i) => value + own[i]);
  }

  #corrected(raw: DemandForecast, logFactors: Float64Array, capacitySat: number): DemandForecast {
    const bound = Math.log(this.options.most);
    const [outboundNeed, inboundNeed] = SIDES.map((side, s) => ({
      sat: tidyQuantiles(
        raw[`${side}Need`].sat.map((sat, l) =>
          sat * Math.exp(Math.min(bound, Math.max(-bound, logFactors[s * LEVELS + l])))
        ),
        capacitySat,
      ),
    }));
    return { ...raw, outboundNeed, inboundNeed };
  }

  #judge(
    sample: FeatureSample,
    actual: Record<Side, number>,
    made: Record<"corrected" | "raw" | "ewma", DemandForecast>,
  ): void {
    const losses = new Float64Array(PREQUENTIAL_NAMES.length);
    const covered = new Float64Array(2);
    const { horizonMs } = this.#forecaster;
    for (const side of SIDES) {
      const need = actual[side];
      const last = lastNeedSat(side, sample.vector, { offset: 0, horizonMs });
      const quantiles = [made.corrected, made.raw, made.ewma].map((f) => f[`${side}Need`].sat);
      quantiles.push(QUANTILE_LEVELS.map(() => meetableNeed(last, sample.vector[0])));
      quantiles.forEach((sat, i) => losses[i] += meanPinball(need, sat) / SIDES.length);
      for (const i of [0, 1]) {
        const inside = need >= quantiles[i][0] && need <= quantiles[i][LEVELS - 1];
        covered[i] += inside ? 1 / SIDES.length : 0;
      }
    }
    this.options.onLoss?.(losses[1] / sample.vector[0], sample.timeMs + horizonMs);
    this.#nowMs = Math.max(this.#nowMs, sample.timeMs);
    this.#loss.add(losses, this.#nowMs, this.options.memoryMs);
    this.#covered.add(covered, this.#nowMs, this.options.memoryMs);
    this.#samples++;
  }

  #learn(
    key: string,
    knownMs: number,
    actual: Record<Side, number>,
    raw: DemandForecast,
  ): void {
    const gradient = this.#gradient(actual, raw, this.#factors(key, Infinity));
    const keepFromMs = knownMs - this.#forecaster.horizonMs;
    const { sharedStep, ownStep, ownFade } = this.options;
    this.#shared.change(knownMs, keepFromMs, (values) => {
      for (let i = 0; i < SIZE; i++) values[i] += sharedStep * gradient[i];
    });
    let own = this.#own.get(key);
    if (own === undefined) this.#own.set(key, own = new VersionedVector(SIZE, HOUR_MS));
    own.change(knownMs, keepFromMs, (values) => {
      for (let i = 0; i < SIZE; i++) values[i] += ownStep * gradient[i] - ownFade * values[i];
    });
  }

  /** Of the pinball loss, by side and level, with respect to the logarithm of the factor; signs only. */
  #gradient(
    actual: Record<Side, number>,
    raw: DemandForecast,
    logFactors: Float64Array,
  ): Float64Array {
    const gradient = new Float64Array(SIZE);
    SIDES.forEach((side, s) => {
      raw[`${side}Need`].sat.forEach((sat, l) => {
        // Nothing times any factor stays nothing: there is nothing to learn.
        if (sat === 0) return;
        const forecast = sat * Math.exp(logFactors[s * LEVELS + l]);
        const level = QUANTILE_LEVELS[l];
        gradient[s * LEVELS + l] = actual[side] > forecast ? level : level - 1;
      });
    });
    return gradient;
  }
}

/** A forecast with other needs. */
function withNeeds(
  forecast: DemandForecast,
  { outbound, inbound }: Record<Side, MixedNeed>,
): DemandForecast {
  return { ...forecast, outboundNeed: outbound.quantiles, inboundNeed: inbound.quantiles };
}

/** Means that forget with a half-life. */
class DecayedMeans {
  #sums: Float64Array;
  #weight = 0;
  #timeMs = -Infinity;
  constructor(size: number) {
    this.#sums = new Float64Array(size);
  }

  add(values: Float64Array, timeMs: number, halfLifeMs: number): void {
    const keep = this.#weight === 0 ? 0 : 0.5 ** ((timeMs - this.#timeMs) / halfLifeMs);
    this.#timeMs = timeMs;
    this.#weight = this.#weight * keep + 1;
    for (let i = 0; i < values.length; i++) this.#sums[i] = this.#sums[i] * keep + values[i];
  }

  means(): number[] {
    return Array.from(this.#sums, (sum) => sum / this.#weight);
  }
}
