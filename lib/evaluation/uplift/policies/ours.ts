import { DAY_MS, InputError } from "../../../core/mod.ts";
import {
  BaselineForecaster,
  type Forecaster,
  OnlineLearner,
  trainForecastModel,
} from "../../../learning/mod.ts";
import { Lens } from "../../../lens/mod.ts";
import type { Network } from "../../../network/mod.ts";
import type { LensEvent, Suggestion } from "../../../protocol/mod.ts";
import type { ForecastAt } from "../forecast_judge.ts";
import type { Policy, PolicyContext } from "../policy.ts";

/** Announced terms are read anew after this time. */
const TOPOLOGY_EVERY_MS = DAY_MS;

/**
 * The lens as it is shipped, with its defaults: it hears what the operators see, corrects its
 * forecasts online, learns what routes cost from its own attempts, and plans. When the warm-up is over
 * it trains a model if there are five days of labelled samples. The usual five days of warm-up give
 * four: then the baseline's forecasts serve throughout (docs/uplift.md says what retraining brings).
 *
 * One lens serves all operators of a run: what it learned of routes and outcomes it learned from all
 * of them; what it plans for a node follows from that node's own features.
 */
export class LensPolicy implements Policy {
  readonly #context: PolicyContext;
  readonly #online = new OnlineLearner(new BaselineForecaster());
  readonly lens: Lens;
  #topologyMs = -Infinity;

  constructor(context: PolicyContext) {
    this.#context = context;
    this.lens = new Lens({ forecaster: new BaselineForecaster(), online: this.#online });
  }

  observe(event: LensEvent): void {
    this.lens.ingest(event);
  }

  ready(): void {
    const forecaster = this.#train();
    this.#online.setForecaster(forecaster);
    this.lens.swapForecaster(forecaster);
  }

  /** A warm-up with too little to learn from leaves the baseline in place, as in the product. */
  #train(): Forecaster {
    const { seed, moments } = this.#context;
    try {
      const options = { id: "model_warm_up", createdMs: moments.actMs, seed };
      return trainForecastModel(this.lens.trainingTable(), options).model;
    } catch (error) {
      if (error instanceof InputError) return this.lens.forecaster;
      throw error;
    }
  }

  plan(timeMs: number): Suggestion[] {
    if (timeMs - this.#topologyMs >= TOPOLOGY_EVERY_MS) {
      this.lens.setTopology(announced(this.#context.network));
      this.#topologyMs = timeMs;
    }
    return this.lens.recommend(timeMs).suggestions;
  }

  forecasts(timeMs: number): ForecastAt[] {
    return this.lens.outlooks(timeMs).flatMap(({ channel, forecast }) =>
      forecast === undefined ? [] : [{ timeMs, channel, forecast }]
    );
  }

  get horizonMs(): number {
    return this.lens.forecaster.horizonMs;
  }
}

/** A copy, so that the lens sees terms as of now and not as they will be. */
function announced(network: Network): Network {
  return network.clone();
}
