import { useState } from "hono/jsx/dom";
import { formatBytes, formatDuration, SECOND_MS } from "../../core/browser.ts";
import { useEffect } from "./effect.ts";
import { UNKNOWN, utcTime } from "./format.ts";
import type { LiveState } from "./live_state.ts";
import { LogPanel } from "./log_panel.tsx";
import { type Metric, parseMetrics } from "./prometheus.ts";
import { problemText, useResource } from "./resource.ts";
import { PlainTable, type Tile, TileRow, View } from "./section.tsx";

const PREFIX = "lightning_lens_";
const AGAIN_MS = 5 * SECOND_MS;

interface Health {
  version: string;
  recovered_events: number;
}

/** Whether the program works, and with what: ingest, queue, store, exports, health. */
export function SystemPage({ state, fresh }: { state: LiveState; fresh: boolean }) {
  const { metrics, problem } = useMetrics(fresh);
  const health = useResource<Health>("/health", fresh);
  const ready = useResource<Health>("/ready", metrics.length === 0 ? fresh : metrics);
  return (
    <View name="system" title="System">
      {ready.problem !== undefined
        ? <p class="attention urgent" role="alert">Not ready: {ready.problem}</p>
        : ready.data !== undefined
        ? <p class="attention fine">The server lives and takes events.</p>
        : null}
      {problem === undefined ? null : <p class="empty" role="alert">{problem}</p>}
      <TileRow tiles={tilesOf(metrics, state)} />
      <LogPanel fresh={fresh} />
      <Figures metrics={metrics} />
      <p class="note">
        Version {health.data?.version ?? UNKNOWN},{" "}
        {health.data?.recovered_events.toLocaleString("en-US") ?? UNKNOWN}{" "}
        events recovered from the journal at the start. The whole log is{" "}
        <code>lightning_lens_http.log</code> where the server was started; all figures are at{" "}
        <a href="/metrics">/metrics</a>, the interface is described at <a href="/docs">/docs</a>.
      </p>
    </View>
  );
}

/** The server's figures, anew every few seconds. */
function useMetrics(fresh: boolean) {
  const [known, setKnown] = useState<{ metrics: Metric[]; problem?: string }>({ metrics: [] });
  useEffect(() => {
    let current = true;
    const load = async () => {
      const response = await fetch("/metrics").catch(() => undefined);
      const next = response?.ok
        ? { metrics: parseMetrics(await response.text(), PREFIX) }
        : { problem: await problemText(response) };
      if (current) setKnown((old) => ({ metrics: old.metrics, ...next }));
    };
    void load();
    const timer = setInterval(load, AGAIN_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [fresh]);
  return known;
}

function tilesOf(metrics: readonly Metric[], { performance }: LiveState): Tile[] {
  const sum = (name: string, labels: Record<string, string> = {}) => {
    const found = metrics.filter((metric) =>
      metric.name === name &&
      Object.entries(labels).every(([label, value]) => metric.labels[label] === value)
    );
    return found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0);
  };
  const count = (value: number | undefined) =>
    value === undefined ? UNKNOWN : value.toLocaleString("en-US");
  const mean = (name: string) => {
    const [total, times] = [sum(`${name}_sum`), sum(`${name}_count`)];
    return total === undefined || !times ? UNKNOWN : `${(1000 * total / times).toFixed(1)} ms`;
  };
  const failed = (name: string) => {
    const failures = sum(name, { outcome: "failed" }) ?? 0;
    return failures === 0 ? "none failed" : `${count(failures)} failed`;
  };
  const errors = (sum("store_errors_total") ?? 0) + (sum("engine_errors_total") ?? 0);
  const memory = sum("resident_memory_bytes");
  const eventTime = performance?.event_time ?? null;
  return [
    {
      label: "Events taken",
      value: count(sum("events_total")),
      note: `${count(sum("events_duplicate_total"))} known already, ${
        count(sum("events_late_total"))
      } late, ${count(sum("events_refused_total"))} requests refused`,
    },
    {
      label: "Queue",
      value: count(sum("events_pending")),
      note: `events wait to be stored; a commit takes ${mean("commit_seconds")} on average`,
    },
    {
      label: "Store",
      value: count(sum("journal_seq")),
      note: eventTime === null
        ? "events in the journal"
        : `events in the journal, the newest of ${utcTime(Date.parse(eventTime))}`,
    },
    {
      label: "Errors",
      value: count(errors),
      note: "of store and engine since the start",
      tone: errors > 0 ? "bad" : "",
    },
    {
      label: "Exports",
      value: count(sum("exports_total", { outcome: "done" }) ?? 0),
      note: `${failed("exports_total")}; backups: ${
        count(sum("backups_total", { outcome: "done" }) ?? 0)
      }, ${failed("backups_total")}`,
    },
    {
      label: "Plan",
      value: mean("renew_seconds"),
      note: `to score ${count(sum("channels"))} channels and plan, on average`,
    },
    {
      label: "Dashboards open",
      value: count(sum("live_readers")),
      note: `${count(sum("live_skips_total"))} times one fell behind and caught up`,
    },
    {
      label: "Memory",
      value: memory === undefined ? UNKNOWN : formatBytes(memory),
      note: modelAge(sum("model_age_seconds")),
    },
  ];
}

function modelAge(seconds: number | undefined): string {
  return seconds === undefined
    ? "no model serves yet"
    : `the model serves for ${formatDuration(seconds * SECOND_MS)}`;
}

function Figures({ metrics }: { metrics: readonly Metric[] }) {
  const shown = metrics.filter(({ name }) => !/_(bucket|sum|count)$/.test(name));
  return (
    <details class="panel">
      <summary>All figures ({shown.length})</summary>
      <PlainTable label="All figures">
        <tbody>
          {shown.map(({ name, labels, value }) => {
            const words = Object.entries(labels).map(([label, text]) => `${label}: ${text}`);
            return (
              <tr key={`${name} ${words.join()}`}>
                <th scope="row">{name.replaceAll("_", " ")}</th>
                <td>{words.join(", ")}</td>
                <td class="number">{value.toLocaleString("en-US")}</td>
              </tr>
            );
          })}
        </tbody>
      </PlainTable>
    </details>
  );
}
