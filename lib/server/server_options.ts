import type { Clock, RecentLog } from "../core/mod.ts";
import type { Backup, Store } from "../store/mod.ts";
import type { AlertOptions } from "./alerts/rules.ts";
import type { ExecutionControl, ModelControl } from "./state/controls.ts";
import type { DriftWatch } from "./models/drift_watch.ts";
import type { Engine, ModelSummary, Retrain } from "./state/engine.ts";
import type { JudgedBook } from "./models/judged_book.ts";

/** What a `LensServer` is made of. */
export interface LensServerOptions {
  engine: Engine;
  store: Store;
  /** Time of exports, models and metrics; events carry their own. */
  clock: Clock;
  /** The data folder, for exports. */
  folder: string;
  /** Which model the engine starts with. */
  modelId?: string;
  /** Errors of the model, its online correction and the baselines, as measured while serving. */
  performance?: () => object;
  /** The mean losses among them, sat, by whose they are. */
  losses?: () => Record<string, number>;
  /** Without it the first model stays. */
  retrain?: Retrain;
  /** Watches the errors of the model that serves; an alarm retrains early. */
  drift?: DriftWatch;
  /** Copies the store to a safe place. */
  backUp?: () => Promise<Backup>;
  /** What suggestions promised beside what came of them. */
  judged?: JudgedBook;
  /** Carries suggestions out; without it people do. */
  execution?: ExecutionControl;
  /** Changes which model serves. */
  modelControl?: ModelControl;
  /** When humans are needed, and how they are told. */
  alerts?: AlertOptions;
  /** The newest lines of the program's log. */
  log?: RecentLog;
  /** All models of the registry. */
  models?: () => Promise<ModelSummary[]>;
}
