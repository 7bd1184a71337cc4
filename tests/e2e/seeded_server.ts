import type { SnapshotView } from "../../lib/dashboard/app/api.ts";
import {
  FAKE_METRICS,
  fakeActivity,
  fakeErrors,
  fakeExecutions,
  fakeFlows,
  fakeHistory,
  fakeModels,
  fakeNetwork,
  fakeSuggestionHistory,
} from "./fake_insights.ts";
import { fakeSnapshot, fakeTwin } from "./fake_data.ts";
import { FakeServer } from "./fake_server.ts";

/** A snapshot with a twin's curve of four days. */
export function seededSnapshot(channels = 84, suggestions = 9): SnapshotView {
  const twin_history = Array.from({ length: 96 }, (_, hour) => fakeTwin(95 - hour));
  return { ...fakeSnapshot(channels, suggestions), twin: twin_history[95], twin_history };
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
    "/api/alerts": () => ({
      alerts: [{
        code: "channel_draining",
        key: "channel_draining:x",
        text:
          "channel 800003x12x0 to peer with a name 4 runs short of outbound liquidity within 1 d with 91 %; 1,200 sat of fees are at stake",
        advice: "look at its recommendation; raise its fee if no rebalance pays",
        since: "2026-01-09T11:00:00.000Z",
        silenced_until: null,
      }],
    }),
  };
  return server;
}
