import { useState } from "hono/jsx/dom";
import { SECOND_MS, systemClock } from "../../core/browser.ts";
import { utcTime } from "./format.ts";
import type { LogView } from "./insight_api.ts";
import { Loading } from "./loading.tsx";
import { useResource } from "./resource.ts";

const LEVELS = ["debug", "info", "warning", "error"] as const;
const LINES = 100;
const AGAIN_MS = 5 * SECOND_MS;

/** The newest lines of the server's log, of a level and graver ones. */
export function LogPanel({ fresh }: { fresh: boolean }) {
  const [level, setLevel] = useState<string>("info");
  const path = `/api/log?level=${level}&limit=${LINES}`;
  const log = useResource<LogView>(path, fresh, AGAIN_MS);
  return (
    <section class="panel" aria-labelledby="log-title">
      <div class="section-head">
        <h3 id="log-title">Log</h3>
        <label class="check">
          level
          <select
            value={level}
            onChange={(event: Event) => setLevel((event.target as HTMLSelectElement).value)}
          >
            {LEVELS.map((name) => (
              <option key={name} value={name} selected={name === level}>
                {name === "error" ? name : `${name} and graver`}
              </option>
            ))}
          </select>
        </label>
      </div>
      {log.data === undefined
        ? <Loading of={log} what="the log" />
        : log.data.lines.length === 0
        ? <p class="note">Nothing of this level was said since the start.</p>
        : <Lines lines={log.data.lines} />}
    </section>
  );
}

function Lines({ lines }: LogView) {
  return (
    <div class="scroll log" tabIndex={0} role="group" aria-label="Newest lines of the log">
      <table>
        <tbody>
          {lines.map(({ time, level, room, text }, i) => (
            <tr key={`${time} ${i}`} class={level}>
              <td>
                <time dateTime={time} title={utcTime(Date.parse(time))}>{clockTime(time)}</time>
              </td>
              <td>{level}</td>
              <td>{room}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `13:45:01` by the user's clock; the day too where it is not today. */
function clockTime(iso: string): string {
  const time = new Date(iso), today = new Date(systemClock.nowMs());
  const day = time.toDateString() === today.toDateString()
    ? {}
    : { month: "short", day: "numeric" } as const;
  return new Intl.DateTimeFormat("en-GB", {
    ...day,
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  }).format(time);
}
