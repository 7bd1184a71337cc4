import { useEffect, useState } from "hono/jsx/dom";
import { MINUTE_MS, systemClock } from "../../core/browser.ts";
import { ago, localTime, utcTime } from "./format.ts";
import { dataTimeMs, type LiveState } from "./live_state.ts";

const WORDS = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost",
  refused: "token needed",
} as const;

/** Name, ways to the sections, and how fresh everything is. */
export function Header({ state }: { state: LiveState }) {
  return (
    <header class="top">
      <a class="skip" href="#overview">Skip to the overview</a>
      <h1>
        <img src="/icon.svg" alt="" width="22" height="22" />
        LightningLens
      </h1>
      <nav aria-label="Sections">
        <a href="#overview">Overview</a>
        <a href="#recommendations">Recommendations</a>
        <a href="#channels">Channels</a>
        <a href="#model">Model</a>
      </nav>
      <Freshness state={state} />
    </header>
  );
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
