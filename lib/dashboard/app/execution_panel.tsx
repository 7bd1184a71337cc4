import { useState } from "hono/jsx/dom";
import { counted } from "../../charts/browser.ts";
import { formatSat } from "../../core/browser.ts";
import { AttemptRoutes } from "./attempt_routes.tsx";
import type { ExecutionsView, ExecutionView } from "./insight_api.ts";
import { newestRuns } from "./newest_runs.ts";
import { NodeName, useNames } from "./node_name.tsx";
import { post } from "./resource.ts";
import { Time } from "./time.tsx";

/** Executions shown. */
const MOST = 5;

/** Whether rebalances are carried out, what that has cost, what is under way, and the kill switch. */
export function ExecutionPanel(
  { executions, live, onChange }: {
    executions?: ExecutionsView;
    /** What the stream told since, by suggestion. */
    live: ReadonlyMap<string, ExecutionView>;
    onChange: () => void;
  },
) {
  const [said, setSaid] = useState("");
  if (executions === undefined) return null;
  const runs = newestRuns(executions.executions, live);
  if (!executions.enabled) {
    return runs.length === 0
      ? <ExecutionOff />
      : (
        <section class="panel" aria-labelledby="execution-title">
          <h3 id="execution-title">Rebalances in the simulation</h3>
          <p class="note">It carries out by itself what is sure enough for it.</p>
          <RunList runs={runs} />
        </section>
      );
  }
  const { stopped, spending } = executions;
  const toggle = async () => {
    const problem = await post(`/api/rebalancing/${stopped ? "resume" : "stop"}`);
    setSaid(problem ?? (stopped ? "Rebalancing goes on." : "Rebalancing is stopped."));
    onChange();
  };
  return (
    <section class={stopped ? "panel stopped" : "panel"} aria-labelledby="execution-title">
      <div class="section-head">
        <h3 id="execution-title">
          {stopped ? "Rebalancing is stopped" : "Rebalances are carried out"}
        </h3>
        <button type="button" class={stopped ? "" : "danger"} onClick={toggle}>
          {stopped ? "Resume" : "Stop all rebalancing"}
        </button>
        <span role="status" class="said">{said}</span>
      </div>
      {spending === null ? null : (
        <p class="note">
          {formatSat(spending.settled_msat / 1000)} of fees in the last 24 hours and{" "}
          {formatSat(spending.reserved_msat / 1000)} set aside, of a budget of{" "}
          {formatSat(spending.budget_msat / 1000)}
        </p>
      )}
      <RunList runs={runs} stoppable onChange={onChange} />
    </section>
  );
}

function ExecutionOff() {
  return (
    <p class="note execution-off">
      Execution is off: the server proposes and never spends. <code>serve --execute</code>{" "}
      with a node and limits carries out what pays; otherwise do it with a tool of your own, within
      the fee limit.
    </p>
  );
}

function RunList(
  { runs, stoppable = false, onChange }: {
    runs: ExecutionView[];
    stoppable?: boolean;
    onChange?: () => void;
  },
) {
  return (
    <ol class="runs">
      {runs.slice(0, MOST).map((run, i) => (
        <Run key={run.suggestion.id} newest={i === 0} {...{ run, stoppable, onChange }} />
      ))}
    </ol>
  );
}

function Run(
  { run, newest, stoppable, onChange }: {
    run: ExecutionView;
    /** Its routes are unfolded, also when it has ended. */
    newest: boolean;
    stoppable: boolean;
    onChange?: () => void;
  },
) {
  const { suggestion, begun, ended, attempts, tries, under_way, result } = run;
  const status = result?.status ?? "under way";
  const amountMsat = result === null || result.status !== "applied"
    ? suggestion.amount_msat
    : result.amount_msat;
  return (
    <li>
      <div class="run-head">
        <span class={`chip ${status.replace(" ", "_")}`}>{status}</span>
        <span>
          <NodeName id={suggestion.source_node} maxLength={18} /> →{" "}
          <NodeName id={suggestion.target_node} maxLength={18} />,{" "}
          {amountMsat === 0 ? "" : formatSat(amountMsat / 1000)}
          {result?.status === "applied" ? ` for ${formatSat(result.fee_msat / 1000)}` : ""}
          {result?.reason === undefined ? "" : `: ${result.reason}`}
        </span>
        <small>
          {ended === begun ? "" : (
            <>
              begun <Time iso={begun} />
            </>
          )}
          {ended === null ? "" : (
            <>
              {ended === begun ? "" : ", "}ended <Time iso={ended} />
            </>
          )}
        </small>
        {result === null && stoppable ? <StopButton {...{ suggestion, onChange }} /> : null}
      </div>
      {tries.length + under_way.length === 0
        ? <Payments attempts={attempts} />
        : result === null
        ? <AttemptRoutes tries={tries} underWay={under_way} />
        : (
          <details open={newest}>
            <summary>{counted(tries.length, "route")} tried</summary>
            <AttemptRoutes tries={tries} underWay={[]} />
          </details>
        )}
    </li>
  );
}

/** No further attempt for one rebalance. */
function StopButton(
  { suggestion, onChange }: { suggestion: ExecutionView["suggestion"]; onChange?: () => void },
) {
  const [said, setSaid] = useState("");
  const stop = async () => {
    const problem = await post(`/api/executions/${encodeURIComponent(suggestion.id)}/stop`);
    setSaid(problem ?? "Nothing more is sent; what is on its way ends by itself.");
    onChange?.();
  };
  const nameOf = useNames();
  const which = `${nameOf(suggestion.source_node, 18)} to ${nameOf(suggestion.target_node, 18)}`;
  return (
    <>
      <button type="button" class="small" aria-label={`Stop ${which}`} onClick={stop}>Stop</button>
      <span role="status" class="said">{said}</span>
    </>
  );
}

/** Payments in the ledger, where nothing is known of their ways. */
function Payments({ attempts }: { attempts: ExecutionView["attempts"] }) {
  if (attempts.length === 0) return null;
  return (
    <ul>
      {attempts.map((attempt, i) => (
        <li key={i}>
          {formatSat(attempt.amount_msat / 1000)}:{" "}
          {attempt.state === "reserved" ? "on its way" : attempt.state}
          {attempt.state === "settled" ? ` for ${formatSat(attempt.fee_msat / 1000)}` : ""}
          {attempt.reason === null ? "" : `, ${attempt.reason}`}
        </li>
      ))}
    </ul>
  );
}
