import type { SnapshotView } from "../../lib/dashboard/app/stream_events.ts";
import {
  FAKE_METRICS,
  fakeActivity,
  fakeErrors,
  fakeExecutions,
  fakeFlows,
  fakeHistory,
  fakeLog,
  fakeModels,
  fakeNetwork,
  fakeSuggestionHistory,
} from "./fake_insights.ts";
import { fakeAlerts, fakeSimulation, fakeSnapshot, fakeTwin } from "./fake_data.ts";
import { FakeServer } from "./fake_server.ts";

/** A snapshot with a simulation, its twin's curve of four days, and alerts. */
export function seededSnapshot(channels = 84, suggestions = 9): SnapshotView {
  const twin_history = Array.from({ length: 96 }, (_, hour) => fakeTwin(95 - hour));
  const snapshot = fakeSnapshot(channels, suggestions);
  return {
    ...snapshot,
    ...{ alerts: fakeAlerts(snapshot.channels), simulation: fakeSimulation() },
    ...{ twin: twin_history[95], twin_history },
  };
}

/** A server of the page that has an answer for every view. */
export function seededServer(snapshot = seededSnapshot()): FakeServer {
  const server = new FakeServer(snapshot);
  server.answers = {
    "/api/activity": fakeActivity,
    "/api/flows": ({ searchParams }) => fakeFlows(snapshot, Number(searchParams.get("days"))),
    "/api/channels/": ({ pathname }) =>
      fakeHistory(snapshot, decodeURIComponent(pathname.split("/")[4])),
    "/api/network": () => fakeNetwork(snapshot),
    "/api/performance/history": fakeErrors,
    "/api/models": fakeModels,
    "/api/executions": () => fakeExecutions(snapshot),
    "/api/suggestions": () => fakeSuggestionHistory(snapshot),
    "/metrics": () => FAKE_METRICS,
    "/api/log": ({ searchParams }) => fakeLog(searchParams.get("level")),
  };
  return server;
}
