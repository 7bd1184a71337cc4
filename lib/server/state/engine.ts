import type { FeatureDrift, NeedReason, Side } from "../../learning/mod.ts";
import type { Network } from "../../network/mod.ts";
import type { ChannelOutlook, Plan } from "../../planning/mod.ts";
import type { LensEvent, SimulationFigures } from "../../protocol/mod.ts";

/** What the server asks of the lens: it learns from events and says what each channel needs. */
export interface Engine {
  /** Takes one event; its cost does not grow with history. */
  ingest(event: LensEvent): void;
  /** Unix ms of the newest event; -Infinity before the first. */
  readonly nowMs: number;
  /** All channels, with forecasts where there are any. */
  outlooks(): ChannelOutlook[];
  recommend(): Plan;
  /** What moves a channel's forecast needs most, by its key; undefined where that is not known. */
  explain?(key: string): Record<Side, NeedReason[]> | undefined;
  /** From now on route costs come from this graph. */
  setTopology(network: Network): void;
}

/** What a retraining came to; a promoted model serves already. */
export interface RetrainResult {
  status: "promoted" | "kept";
  /** The model that serves now. */
  modelId: string | undefined;
  reason: string;
  /** The features that moved most since the champion was trained; none where it has no scaler. */
  featureDrift?: FeatureDrift[];
}

/** Trains a challenger off the serving thread and puts it in when it is better. Ends early on abort. */
export type Retrain = (signal: AbortSignal) => Promise<RetrainResult>;

/** The last retraining, as it is shown. */
export interface RetrainOutcome {
  status: "promoted" | "kept" | "failed";
  modelId: string | undefined;
  reason: string;
  featureDrift?: FeatureDrift[];
  /** Unix ms by the server's clock. */
  finishedMs: number;
}

/** A model as the registry knows it. */
export interface ModelSummary {
  id: string;
  champion: boolean;
  /** Whatever else the registry tells of it. */
  details: Record<string, unknown>;
}

/** A file of the dashboard. */
export interface DashboardFile {
  body: Uint8Array;
  contentType: string;
}

/** Both twins of a simulation side by side; figures are since the start. */
export interface TwinView {
  /** Time in the simulation, Unix ms. */
  timeMs: number;
  /** With suggestions applied. */
  lens: SimulationFigures;
  /** The same traffic without. */
  baseline: SimulationFigures;
  /** Net income of the lens, less that of the baseline. */
  gainMsat: number;
}
