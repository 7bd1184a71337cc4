/// <reference lib="dom" />
import { useState } from "hono/jsx/dom";
import { MINUTE_MS, systemClock } from "../../core/browser.ts";
import { useEffect } from "./effect.ts";
import { ago, localTime, utcTime } from "./format.ts";
import { dataTimeMs, type LiveState } from "./live_state.ts";
import { type Route, viewHref, type ViewName, VIEWS } from "./route.ts";

const WORDS = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost",
  refused: "token needed",
} as const;

/** Name, ways to the views, and how fresh everything is. */
export function Header({ state, route }: { state: LiveState; route: Route }) {
  const skip = (event: Event) => {
    // The address holds the view: a jump must not change it.
    event.preventDefault();
    document.querySelector<HTMLElement>("main h2")?.focus();
  };
  return (
    <header class="top">
      <a class="skip" href="#main" onClick={skip}>Skip to the content</a>
      <h1>
        <img src="/icon.svg" alt="" width="22" height="22" />
        LightningLens
      </h1>
      <Freshness state={state} />
      <nav aria-label="Views">
        <ul>
          {VIEWS.map(({ view, label }) => (
            <li key={view}>
              <a href={viewHref(view)} aria-current={isCurrent(route, view) ? "page" : undefined}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

/** A channel's view belongs to those of channels. */
function isCurrent(route: Route, view: ViewName): boolean {
  return route.view === view || (route.view === "channel" && view === "channels");
}

/** Connection, age of the last sign of life, and the time of the data where that is another. */
function Freshness({ state }: { state: LiveState }) {
  const nowMs = useNow();
  const dataMs = dataTimeMs(state);
  const virtual = dataMs !== undefined && Math.abs(nowMs - dataMs) > 10 * MINUTE_MS;
  return (
    <div class={`freshness ${state.connection}`}>
      <span role="status" class="connection">
        <span class="dot" aria-hidden="true" />
        {WORDS[state.connection]}
      </span>
      {state.heardMs === undefined
        ? null
        : (
          <span class="age" title={`last heard ${utcTime(state.heardMs)}`}>
            {state.connection === "live" ? "heard" : "data from"} {ago(state.heardMs, nowMs)}
          </span>
        )}
      {!virtual ? null : (
        <span class="data-time" title={utcTime(dataMs)}>
          data of {localTime(dataMs, nowMs)}
        </span>
      )}
    </div>
  );
}

/** The browser's time, anew every second. */
function useNow(): number {
  const [nowMs, setNow] = useState(systemClock.nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNow(systemClock.nowMs()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
