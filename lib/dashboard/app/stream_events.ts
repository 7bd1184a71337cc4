import type {
  ChannelView,
  PerformanceView,
  PredictionView,
  RecommendationsView,
  SimulationView,
  TotalsView,
  TwinView,
} from "./api.ts";
import type { AlertsView, ExecutionView } from "./insight_api.ts";

/** First event of every stream: everything. */
export interface SnapshotView {
  channels: ChannelView[];
  predictions: PredictionView[];
  recommendations: RecommendationsView;
  performance: PerformanceView;
  alerts: AlertsView;
  simulation: SimulationView | null;
  twin: TwinView | null;
  /** The twins so far, ascending in time. */
  twin_history: TwinView[];
  totals: TotalsView;
}

/** Events of the stream and what they carry: parts of the snapshot anew, and what is no part of it. */
export interface StreamEvents extends Omit<SnapshotView, "twin" | "twin_history"> {
  snapshot: SnapshotView;
  /** A rebalance under way, or its end. */
  run: ExecutionView;
  twin: { twin: TwinView | null };
}

/** Names of the stream's events. */
export const STREAM_EVENTS = [
  "snapshot",
  "channels",
  "predictions",
  "recommendations",
  "performance",
  "alerts",
  "simulation",
  "run",
  "twin",
  "totals",
] as const satisfies (keyof StreamEvents)[];
