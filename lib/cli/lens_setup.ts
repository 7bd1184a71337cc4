import { type Clock, errorMessage, isoTime } from "../core/mod.ts";
import {
  BaselineForecaster,
  type Forecaster,
  ForecastModel,
  ModelRegistry,
  OnlineLearner,
} from "../learning/mod.ts";
import { Lens } from "../lens/mod.ts";
import type { PlannerOptions } from "../planning/mod.ts";
import {
  DriftWatch,
  followChampion,
  type FollowOptions,
  JudgedBook,
  liveLosses,
  liveQuality,
  type ModelControl,
  type ModelSummary,
  type Retrain,
  ServingModel,
  workerRetrain,
} from "../server/mod.ts";

/** Features told of a model. */
const MOST_FEATURES = 15;

/** What a lens is set up from. */
export interface LensSetup {
  /** The data folder. */
  folder: string;
  /** A model file; the registry's champion when left out, the baseline when there is none. */
  model?: string;
  seed: number;
  clock: Clock;
  /** Rules of the operator. */
  planner?: Partial<PlannerOptions>;
  /** A channel that was watched for less gets no forecast. */
  minObservedMs?: number;
  /** Labelled samples kept for retraining; 0 where nothing is retrained. */
  maxSamples?: number;
  /** Time between two plans that it makes by itself, to learn from; 0 where somebody asks often. */
  shadowEveryMs?: number;
}

/** For commands that look once and end: samples of a long history would take a third of the memory. */
export const LOOKS_ONCE = { maxSamples: 0 } as const satisfies Partial<LensSetup>;

/** A lens with what learns around it. */
export interface LensParts {
  lens: Lens;
  /** The model it starts with. */
  modelId: string;
  /** Errors measured live. */
  performance: () => object;
  losses: () => Record<string, number>;
  drift: DriftWatch;
  /** What suggestions promised beside what came of them. */
  judged: JudgedBook;
  /** Changes which model serves. */
  modelControl: ModelControl;
  retrain: Retrain;
  /** All models of the registry. */
  models: () => Promise<ModelSummary[]>;
  /** Takes over models that others make champion, until the signal. */
  follow: (signal: AbortSignal, onChange?: FollowOptions["onChange"]) => Promise<void>;
}

/**
 * Loads the model and builds a lens with its online learner.
 *
 * @throws {InputError} for a model file that is missing, damaged or made for other features
 */
export async function openLens(setup: LensSetup): Promise<LensParts> {
  const { folder, model, seed, clock, planner, minObservedMs, maxSamples, shadowEveryMs } = setup;
  const registry = new ModelRegistry(folder);
  const championId = model === undefined ? await registry.championId() : undefined;
  const championPath = model ?? (championId && registry.path(championId));
  const forecaster: Forecaster = championPath === undefined
    ? new BaselineForecaster()
    : await ForecastModel.load(championPath);
  const drift = new DriftWatch();
  const online = new OnlineLearner(forecaster, {
    onLoss: (loss, knownMs) => drift.observe(loss, knownMs),
  });
  const { horizonMs } = forecaster;
  const judged = new JudgedBook();
  const lens = new Lens({
    forecaster,
    online,
    collector: { horizonMs },
    planner,
    ...(minObservedMs !== undefined && { minObservedMs }),
    ...(maxSamples !== undefined && { maxSamples }),
    ...(shadowEveryMs !== undefined && { shadowEveryMs }),
    onJudged: (judgement) => judged.add(judgement),
  });
  const serving = new ServingModel({ lens, online, drift, path: championPath });
  return {
    lens,
    modelId: forecaster.id,
    performance: () => liveQuality(online.report()),
    losses: () => liveLosses(online.report()),
    drift,
    judged,
    modelControl: modelControl(registry, serving, clock),
    retrain: workerRetrain({ lens, serving, clock, folder, seed }),
    models: registryReader(registry),
    follow: (signal, onChange) => followChampion({ serving, registry, clock, signal, onChange }),
  };
}

function modelControl(
  registry: ModelRegistry,
  serving: ServingModel,
  clock: Clock,
): ModelControl {
  return {
    async promote(id) {
      await registry.promote(id, { atMs: clock.nowMs() });
      await serving.take(registry.path(id));
    },
    async rollBack() {
      const id = await registry.rollback({ atMs: clock.nowMs() });
      await serving.take(registry.path(id));
      return id;
    },
  };
}

/** Reads each model file once: what a file says never changes. */
function registryReader(registry: ModelRegistry): () => Promise<ModelSummary[]> {
  const known = new Map<string, Record<string, unknown>>();
  return async () => {
    const champion = await registry.championId();
    const ids = await registry.ids();
    for (const id of ids) {
      if (!known.has(id)) known.set(id, await detailsOf(registry, id));
    }
    return ids.toReversed().map((id) => ({
      id,
      champion: id === champion,
      details: known.get(id)!,
    }));
  };
}

async function detailsOf(registry: ModelRegistry, id: string): Promise<Record<string, unknown>> {
  try {
    const model = await registry.show(id);
    const { meta } = model;
    return {
      created: isoTime(meta.createdMs),
      from: isoTime(meta.data.fromMs),
      to: isoTime(meta.data.toMs),
      samples: meta.data.rows,
      channels: meta.data.channels,
      parent: meta.parent,
      losses: Object.fromEntries(
        Object.entries(meta.metrics.test).map(([name, score]) => [name, score.pinballSat]),
      ),
      importance: model.importance().slice(0, MOST_FEATURES),
    };
  } catch (error) {
    return { fault: errorMessage(error) };
  }
}
