/// <reference lib="dom" />
import { render, useEffect, useState } from "hono/jsx/dom";
import { systemClock } from "../../core/browser.ts";
import { ChannelTable } from "./channel_table.tsx";
import { Header } from "./header.tsx";
import { type FeedSurroundings, LiveFeed, STREAM_EVENTS } from "./live_feed.ts";
import { EMPTY_STATE, type LiveState } from "./live_state.ts";
import { ModelPanel } from "./model_panel.tsx";
import { Overview } from "./overview.tsx";
import { RecommendationList } from "./recommendation_list.tsx";

const browser: FeedSurroundings = {
  async load(path) {
    const response = await fetch(path, { headers: { accept: "application/json" } });
    if (!response.ok) throw new Error(`The server answered ${response.status} to ${path}.`);
    return await response.json();
  },
  openStream(handlers) {
    const source = new EventSource("/api/events");
    source.onopen = () => handlers.opened();
    source.onerror = () => handlers.failed();
    for (const name of [...STREAM_EVENTS, "heartbeat"]) {
      source.addEventListener(name, (event) => handlers.event(name, (event as MessageEvent).data));
    }
    return source;
  },
  nowMs: () => systemClock.nowMs(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

function App() {
  const [state, setState] = useState<LiveState>(EMPTY_STATE);
  useEffect(() => {
    const feed = new LiveFeed(browser, setState);
    feed.start();
    return () => feed.stop();
  }, []);
  return (
    <>
      <Header state={state} />
      {state.connection !== "lost" ? null : (
        <p class="banner" role="alert">
          {state.problem} What you see is the last known state; the page connects again by itself.
        </p>
      )}
      <main class={state.connection === "lost" ? "stale" : ""}>
        <Overview state={state} />
        <RecommendationList plan={state.recommendations} />
        <ChannelTable channels={state.channels} />
        <ModelPanel performance={state.performance} />
      </main>
    </>
  );
}

render(<App />, document.getElementById("app")!);
