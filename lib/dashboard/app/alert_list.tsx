import { useState } from "hono/jsx/dom";
import { shortName } from "../../charts/browser.ts";
import { DAY_MS, formatSat, MINUTE_MS } from "../../core/browser.ts";
import type { AlertView } from "./insight_api.ts";
import { post } from "./resource.ts";
import { channelHref } from "./route.ts";
import { Time } from "./time.tsx";

/** Alerts of one code that are shown at once; more unfold. */
const FIRST = 2;

const LONG_KEY = /\b[0-9a-f]{40,}\b/gi;

/** What needs a human: by code, those with the most at stake first; each can be silenced. */
export function AlertList({ alerts }: { alerts: readonly AlertView[] }) {
  if (alerts.length === 0) return null;
  const codes = Map.groupBy(alerts, ({ code }) => code);
  return (
    <ul class="alerts" aria-label="Alerts">
      {[...codes].map(([code, group]) => <Group key={code} {...{ code, group }} />)}
    </ul>
  );
}

function Group({ code, group }: { code: string; group: AlertView[] }) {
  const sorted = group.toSorted((a, b) => (b.stake_sat ?? 0) - (a.stake_sat ?? 0));
  const urgent = group.some(({ silenced_until }) => silenced_until === null);
  const several = group.length > 1;
  return (
    <li class={urgent ? "attention urgent" : "attention"}>
      {!several ? null : (
        <p class="alert-head">
          <strong>{headOf(code, group)}</strong>
          <Silence
            all
            target={code}
            silenced={!urgent}
            label="Silence all of this kind for a day"
          />
        </p>
      )}
      {sorted.slice(0, FIRST).map((alert) => <One key={alert.key} {...{ alert, several }} />)}
      {group.length <= FIRST ? null : (
        <details>
          <summary>{group.length - FIRST} more</summary>
          {sorted.slice(FIRST).map((alert) => <One key={alert.key} {...{ alert, several }} />)}
        </details>
      )}
      <span class="note">{group[0].advice}</span>
    </li>
  );
}

/** Where the channel is shown that an alert is about: its key is `code:NODE/CHANNEL`. */
function hrefOf(key: string): string | undefined {
  const [, node, channel_id] = /^channel_draining:(.*)\/([^/]+)$/.exec(key) ?? [];
  return node === undefined ? undefined : channelHref({ node, channel_id });
}

function headOf(code: string, group: readonly AlertView[]): string {
  const stakeSat = group.reduce((sum, { stake_sat }) => sum + (stake_sat ?? 0), 0);
  return code === "channel_draining"
    ? `${group.length} channels are about to run short of outbound liquidity; ${
      formatSat(stakeSat)
    } of fees are at stake`
    : `${group.length} times: ${code.replaceAll("_", " ")}`;
}

function One({ alert, several }: { alert: AlertView; several: boolean }) {
  const { key, since, silenced_until } = alert;
  const text = withShortKeys(alert.text);
  const words = several ? withShortKeys(alert.brief ?? alert.text) : text;
  const href = hrefOf(key);
  const shown = href === undefined ? words : <a href={href}>{words}</a>;
  return (
    <div class="alert">
      {several ? <span>{shown}</span> : <strong>{shown}</strong>}
      <small>
        since <Time iso={since} />
        {silenced_until === null ? "" : (
          <>
            , silenced until <Time iso={silenced_until} />
          </>
        )}
      </small>
      <Silence
        target={key}
        silenced={silenced_until !== null}
        label={`Silence for a day: ${text}`}
      />
    </div>
  );
}

function withShortKeys(text: string): string {
  return text.replace(LONG_KEY, (key) => shortName(key));
}

/** Nobody is told for a day, or again at once. */
function Silence(
  { target, silenced, label, all = false }: {
    target: string;
    silenced: boolean;
    label: string;
    /** All alerts of a code. */
    all?: boolean;
  },
) {
  const [problem, setProblem] = useState<string>();
  const toggle = async () => {
    const minutes = silenced ? 0 : DAY_MS / MINUTE_MS;
    setProblem(await post("/api/alerts/silence", { key: target, minutes }));
  };
  return (
    <>
      <button
        type="button"
        class="small"
        aria-label={silenced ? `End the silence: ${label}` : label}
        onClick={toggle}
      >
        {silenced ? "End silence" : all ? "Silence all for a day" : "Silence for a day"}
      </button>
      {problem === undefined ? null : <span role="alert" class="said">{problem}</span>}
    </>
  );
}
