import type { AlertsView, ExecutionView } from "./insight_api.ts";
import type {
  ChannelView,
  DecisionView,
  PerformanceView,
  PredictionView,
  RecommendationsView,
  SimulationView,
  SuggestionView,
  TotalsView,
  TwinView,
} from "./api.ts";
import { type Names, withNames } from "./names.ts";
import type { StreamEvents } from "./stream_events.ts";

/** Whether the page hears from the server. `refused`: the server asks for a token. */
export type Connection = "connecting" | "live" | "lost" | "refused";

/** All that is known of one channel. The same object until something of it changes. */
export interface ChannelRow {
  channel: ChannelView;
  prediction?: PredictionView;
  decision?: DecisionView;
  suggestion?: SuggestionView;
}

/** Net income of both twins at one moment, sat. */
export interface GainPoint {
  timeMs: number;
  lensNetSat: number;
  twinNetSat: number;
}

/** All that the page shows. A new object on every change; what did not change stays the same object. */
export interface LiveState {
  connection: Connection;
  /** By {@linkcode channelName}, in the order in which the server first saw them. */
  rows: ReadonlyMap<string, ChannelRow>;
  /** What nodes call themselves. */
  names: Names;
  recommendations?: RecommendationsView;
  performance?: PerformanceView;
  totals?: TotalsView;
  alerts?: AlertsView;
  /** The simulation that is connected. */
  simulation?: SimulationView | null;
  /** Rebalances of which this page was told, by suggestion, the newest last. */
  runs: ReadonlyMap<string, ExecutionView>;
  twin?: TwinView | null;
  /** What this page has seen of the twins, ascending in time. */
  gains: readonly GainPoint[];
  /** When the server was last heard, in the browser's time. */
  heardMs?: number;
  /** What went wrong with the connection, for the user. */
  problem?: string;
}

export const EMPTY_STATE: LiveState = {
  connection: "connecting",
  rows: new Map(),
  names: new Map(),
  gains: [],
  runs: new Map(),
};
/** Points of the twins kept; beyond that every other one is dropped. */
export const MOST_GAINS = 600;

/** Rebalances kept. */
const MOST_RUNS = 50;

/** Name of a channel within the page. */
export function channelName({ node, channel_id }: { node: string; channel_id: string }): string {
  return `${node}/${channel_id}`;
}

type Handlers = {
  [E in keyof StreamEvents]: (state: LiveState, data: StreamEvents[E]) => LiveState;
};

const HANDLERS: Handlers = {
  snapshot(state, snapshot) {
    const { channels, predictions, recommendations, performance, twin, totals } = snapshot;
    const names = new Set(channels.map(channelName));
    const rows = new Map([...state.rows].filter(([name]) => names.has(name)));
    const { alerts, simulation } = snapshot;
    let next: LiveState = { ...state, rows, performance, totals, alerts, simulation };
    next = HANDLERS.channels(next, channels);
    next = HANDLERS.predictions(next, predictions);
    next = HANDLERS.recommendations(next, recommendations);
    for (const earlier of snapshot.twin_history) next = HANDLERS.twin(next, { twin: earlier });
    return HANDLERS.twin(next, { twin });
  },
  channels(state, items) {
    const next = withParts(state, items, (row, channel) => ({ ...row, channel }));
    return { ...next, names: withNames(state.names, items) };
  },
  predictions: (state, items) =>
    withParts(state, items, (row, prediction) => row && { ...row, prediction }),
  recommendations(state, recommendations) {
    const byId = new Map(recommendations.suggestions.map((s) => [s.id, s]));
    const next = withParts(
      state,
      recommendations.decisions,
      (row, decision) =>
        row && { ...row, decision, suggestion: byId.get(decision.suggestion_id ?? "") },
    );
    return { ...next, recommendations };
  },
  performance: (state, performance) => ({ ...state, performance }),
  alerts: (state, alerts) => ({ ...state, alerts }),
  simulation: (state, simulation) => ({ ...state, simulation }),
  run(state, run) {
    const { id } = run.suggestion;
    const others = [...state.runs].filter(([other]) => other !== id);
    return { ...state, runs: new Map([...others, [id, run] as const].slice(-MOST_RUNS)) };
  },
  twin(state, { twin }) {
    // Fewer payments than before: the figures count from a new beginning.
    const restarted = twin && state.twin && twin.lens.payments < state.twin.lens.payments;
    return { ...state, twin, gains: withGain(restarted ? [] : state.gains, twin) };
  },
  totals: (state, totals) => ({ ...state, totals }),
};

/** Takes one event of the stream in; unknown ones change nothing. */
export function withEvent(state: LiveState, event: string, data: unknown): LiveState {
  if (!Object.hasOwn(HANDLERS, event)) return state;
  const handler = HANDLERS[event as keyof StreamEvents] as (s: LiveState, d: unknown) => LiveState;
  return handler(state, data);
}

/** Puts changed parts into their rows; `put` gives undefined for a part whose channel is unknown. */
function withParts<T extends { node: string; channel_id: string }>(
  state: LiveState,
  items: readonly T[],
  put: (row: ChannelRow | undefined, item: T) => ChannelRow | undefined,
): LiveState {
  const rows = new Map(state.rows);
  for (const item of items) {
    const name = channelName(item);
    const row = put(rows.get(name), item);
    if (row !== undefined) rows.set(name, row);
  }
  return { ...state, rows };
}

function withGain(gains: readonly GainPoint[], twin: TwinView | null): readonly GainPoint[] {
  if (twin === null) return gains;
  const point: GainPoint = {
    timeMs: Date.parse(twin.time),
    lensNetSat: twin.lens.net_income_msat / 1000,
    twinNetSat: twin.baseline.net_income_msat / 1000,
  };
  const before = gains.filter(({ timeMs }) => timeMs < point.timeMs);
  const kept = before.length < MOST_GAINS ? before : before.filter((_, index) => index % 2 === 0);
  return [...kept, point];
}

/** Suggestions that stand: neither expired nor dismissed. */
export function openSuggestions(state: LiveState): SuggestionView[] {
  const { suggestions = [], dismissed = [] } = state.recommendations ?? {};
  const unwanted = new Set(dismissed.map(({ id }) => id));
  const nowMs = dataTimeMs(state) ?? -Infinity;
  return suggestions.filter(({ id, expires_at }) =>
    !unwanted.has(id) && Date.parse(expires_at) > nowMs
  );
}

/** Time of the newest data, Unix ms; virtual in a simulation. Undefined before any. */
export function dataTimeMs({ twin, rows, recommendations }: LiveState): number | undefined {
  let newest = recommendations?.time ?? "";
  if (twin && twin.time > newest) newest = twin.time;
  for (const { channel } of rows.values()) {
    if (channel.last_update > newest) newest = channel.last_update;
  }
  return newest === "" ? undefined : Date.parse(newest);
}
