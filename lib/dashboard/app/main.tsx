/// <reference lib="dom" />
import { render, useMemo, useRef, useState } from "hono/jsx/dom";
import { systemClock } from "../../core/browser.ts";
import { useEffect } from "./effect.ts";
import { STREAM_EVENTS } from "./stream_events.ts";
import { type ListChoice } from "./channel_list.ts";
import { ChannelPage } from "./channel_page.tsx";
import { ChannelTable, FIRST_CHOICE } from "./channel_table.tsx";
import { FlowsPage } from "./flows_page.tsx";
import { Header } from "./header.tsx";
import { type FeedSurroundings, LiveFeed } from "./live_feed.ts";
import { channelName, EMPTY_STATE, type LiveState } from "./live_state.ts";
import { ModelPage } from "./model_page.tsx";
import { NetworkPage } from "./network_page.tsx";
import { NamesContext } from "./node_name.tsx";
import { Overview } from "./overview.tsx";
import { RecommendationsPage } from "./recommendations_page.tsx";
import { parseRoute, type Route, VIEWS } from "./route.ts";
import { SimulationPage } from "./simulation_page.tsx";
import { SystemPage } from "./system_page.tsx";
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
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const route = useRoute();
  useEffect(() => {
    const filter = route.view === "channels" ? route.filter : undefined;
    if (filter !== undefined) setChoice((before) => ({ ...before, filter }));
  }, [route]);
  const feed = useMemo(() => new LiveFeed(browser, setState), []);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, []);
  return (
    <>
      <Header state={state} route={route} />
      {state.connection !== "lost" ? null : (
        <p class="banner" role="alert">
          {state.problem} What you see is the last known state; the page connects again by itself.
        </p>
      )}
      {state.connection === "refused"
        ? <TokenForm onDone={() => feed.start()} />
        : (
          <main id="main" class={state.connection === "lost" ? "stale" : ""}>
            <NamesContext.Provider value={state.names}>
              <Page {...{ state, route, choice, setChoice }} />
            </NamesContext.Provider>
          </main>
        )}
    </>
  );
}

function Page(props: {
  state: LiveState;
  route: Route;
  choice: ListChoice;
  setChoice: (choice: ListChoice) => void;
}) {
  const { state, route, choice, setChoice } = props;
  // A server that is back may answer otherwise: views ask it again.
  const fresh = state.connection === "live";
  switch (route.view) {
    case "overview":
      return <Overview {...{ state, fresh }} />;
    case "channels":
      return <ChannelTable rows={state.rows} choice={choice} onChoice={setChoice} />;
    case "channel": {
      const { node, channelId } = route;
      const name = channelName({ node, channel_id: channelId });
      const loaded = state.performance !== undefined;
      return <ChannelPage key={name} {...{ node, channelId, loaded, rows: state.rows }} />;
    }
    case "recommendations":
      return <RecommendationsPage {...{ state, fresh }} />;
    case "flows":
      return <FlowsPage {...{ state, fresh }} />;
    case "network":
      return <NetworkPage {...{ state, fresh }} />;
    case "model":
      return <ModelPage performance={state.performance} fresh={fresh} />;
    case "simulation":
      return <SimulationPage state={state} />;
    case "system":
      return <SystemPage {...{ state, fresh }} />;
  }
}

/** Where the address says the user is; a new view begins at its top, with its heading in focus. */
function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  const first = useRef(true);
  useEffect(() => {
    const update = () => setHash(location.hash);
    addEventListener("hashchange", update);
    return () => removeEventListener("hashchange", update);
  }, []);
  const route = useMemo(() => parseRoute(hash), [hash]);
  useEffect(() => {
    document.title = titleOf(route);
    document.querySelector("nav [aria-current]")?.scrollIntoView({
      block: "nearest",
      inline: "center",
    });
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    document.querySelector<HTMLElement>("main h2")?.focus({ preventScroll: true });
  }, [route]);
  return route;
}

function titleOf(route: Route): string {
  const label = route.view === "channel"
    ? `Channel ${route.channelId}`
    : VIEWS.find(({ view }) => view === route.view)?.label;
  return `${label} · LightningLens`;
}

render(<App />, document.getElementById("app")!);
