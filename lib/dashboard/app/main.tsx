/// <reference lib="dom" />
import { render, useEffect, useMemo, useState } from "hono/jsx/dom";
import { systemClock } from "../../core/browser.ts";
import { STREAM_EVENTS } from "./api.ts";
import { ChannelTable } from "./channel_table.tsx";
import { Header } from "./header.tsx";
import { type FeedSurroundings, LiveFeed } from "./live_feed.ts";
import { dataTimeMs, EMPTY_STATE, type LiveState } from "./live_state.ts";
import { ModelPanel } from "./model_panel.tsx";
import { Overview } from "./overview.tsx";
import { RecommendationList } from "./recommendation_list.tsx";
import { TokenForm } from "./token_form.tsx";

const browser: FeedSurroundings = {
  async status(path) {
    const response = await fetch(path, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.status;
  },
  openStream(handlers) {
    const source = new EventSource("/api/events");
    source.onerror = () => handlers.failed();
    for (const name of STREAM_EVENTS) {
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
  const feed = useMemo(() => new LiveFeed(browser, setState), []);
  useEffect(() => {
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
      {state.connection === "refused"
        ? <TokenForm onDone={() => feed.start()} />
        : (
          <main class={state.connection === "lost" ? "stale" : ""}>
            <Overview state={state} />
            <RecommendationList plan={state.recommendations} dataMs={dataTimeMs(state)} />
            <ChannelTable rows={state.rows} />
            <ModelPanel performance={state.performance} />
          </main>
        )}
    </>
  );
}

render(<App />, document.getElementById("app")!);
