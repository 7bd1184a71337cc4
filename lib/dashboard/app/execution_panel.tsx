import { useState } from "hono/jsx/dom";
import { shortName } from "../../charts/browser.ts";
import { formatSat } from "../../core/browser.ts";
import type { ExecutionsView, ExecutionView } from "./insight_api.ts";
import { post } from "./resource.ts";
import { Time } from "./time.tsx";

/** Executions shown. */
const MOST = 5;

/** Whether rebalances are carried out, what that has cost, what is under way, and the kill switch. */
export function ExecutionPanel(
  { executions, onChange }: { executions?: ExecutionsView; onChange: () => void },
) {
  const [said, setSaid] = useState("");
  if (executions === undefined) return null;
  if (!executions.enabled) {
    return (
      <p class="note execution-off">
        Execution is off: the server proposes and never spends. <code>serve --execute</code>{" "}
        with a node and limits carries out what pays.
      </p>
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
      <ol class="runs">
        {executions.executions.slice(0, MOST).map((run) => (
          <Run
            key={run.suggestion.id}
            run={run}
          />
        ))}
      </ol>
    </section>
  );
}

function Run({ run: { suggestion, begun, ended, attempts, result } }: { run: ExecutionView }) {
  const status = result?.status ?? "under way";
  return (
    <li>
      <span class={`chip ${status}`}>{status}</span> {shortName(suggestion.source_node, 18)} →{" "}
      {shortName(suggestion.target_node, 18)},{" "}
      {formatSat((result?.amount_msat ?? suggestion.amount_msat) / 1000)}
      {result === null ? "" : ` for ${formatSat(result.fee_msat / 1000)}`}
      {result?.reason === undefined ? "" : `: ${result.reason}`}
      <small>
        begun <Time iso={begun} />
        {ended === null ? "" : (
          <>
            , ended <Time iso={ended} />
          </>
        )}
      </small>
      {attempts.length === 0 ? null : (
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
      )}
    </li>
  );
}
