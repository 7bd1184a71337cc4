import { type Clock, logger, MINUTE_MS } from "../../core/mod.ts";
import { type Forecaster, ForecastModel } from "../../learning/mod.ts";

/** Who forecasts with the model that serves. */
export interface ServingParts {
  lens: { readonly forecaster: Forecaster; swapForecaster(forecaster: Forecaster): void };
  /** What corrects forecasts between trainings; starts anew with a new model. */
  online?: { setForecaster(forecaster: Forecaster): void };
  /** What watches its errors; starts anew too. */
  drift?: { reset(): void };
  /** File of the model at first; none for the baseline. */
  path?: string;
}

/** The model that serves. It changes whole, between two events. */
export class ServingModel {
  #path: string | undefined;

  constructor(private readonly parts: ServingParts) {
    this.#path = parts.path;
  }

  get id(): string {
    return this.parts.lens.forecaster.id;
  }

  /** Its file; undefined for the baseline. */
  get path(): string | undefined {
    return this.#path;
  }

  /** @throws {InputError} for a file that is no model for these features; the old one stays then */
  async take(path: string): Promise<void> {
    const model = await ForecastModel.load(path);
    this.parts.lens.swapForecaster(model);
    this.parts.online?.setForecaster(model);
    this.parts.drift?.reset();
    this.#path = path;
  }
}

/** What {@linkcode followChampion} watches. */
export interface FollowOptions {
  serving: ServingModel;
  registry: { championId(): Promise<string | undefined>; path(id: string): string };
  clock: Clock;
  signal: AbortSignal;
  /** Told of a change, after it. */
  onChange?: (modelId: string) => Promise<unknown> | void;
}

/**
 * Looks at the registry every minute: a model that someone else made champion (a server beside this
 * client, or `models promote`) serves from then on. What was champion at the start does not count.
 */
export async function followChampion(options: FollowOptions): Promise<void> {
  const { serving, registry, clock, signal, onChange } = options;
  let known = await registry.championId();
  while (true) {
    await clock.sleep(MINUTE_MS, signal);
    if (signal.aborted) return;
    try {
      const id = await registry.championId();
      if (id === known || id === undefined) continue;
      known = id;
      if (id === serving.id) continue;
      await serving.take(registry.path(id));
      logger("server").info`${id} is champion now, and serves`;
      await onChange?.(id);
    } catch (error) {
      logger("server").error`the new champion can't serve: ${String(error)}`;
    }
  }
}
