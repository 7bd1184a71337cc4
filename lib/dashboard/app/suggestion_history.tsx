import { counted } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { SuggestionView } from "./api.ts";
import { AttemptRoutes } from "./attempt_routes.tsx";
import { signedSat, UNKNOWN } from "./format.ts";
import type { HistoryView } from "./insight_api.ts";
import { Loading } from "./loading.tsx";
import { NodeName } from "./node_name.tsx";
import type { Resource } from "./resource.ts";
import { PlainTable } from "./section.tsx";
import { type RepeatedItem, withoutRepeats } from "./suggestion_repeats.ts";
import { Time } from "./time.tsx";

/** Suggestions made so far and what became of them, the newest first. */
export function SuggestionHistory(
  { history, onlyEnded, onOnlyEnded, open }: {
    history: Resource<HistoryView>;
    /** Those that nobody carried out are left out. */
    onlyEnded: boolean;
    onOnlyEnded: (only: boolean) => void;
    /** What stands now. */
    open: readonly SuggestionView[];
  },
) {
  const { data } = history;
  const standing = new Set(open.map(({ id }) => id));
  return (
    <section class="panel" aria-labelledby="history-title">
      <div class="section-head">
        <h3 id="history-title">History</h3>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyEnded}
            onChange={(event: Event) => onOnlyEnded((event.target as HTMLInputElement).checked)}
          />
          only those with a result
        </label>
      </div>
      {data === undefined
        ? <Loading of={history} what="The history" />
        : data.suggestions.length === 0
        ? (
          <p class="note">
            {onlyEnded
              ? "Nothing that this server suggested has been carried out yet; what is appears here with what came of it."
              : "What was suggested, and what became of it, is listed here from the first plan on."}
          </p>
        )
        : (
          <PlainTable label="History of suggestions">
            <thead>
              <tr>
                <th scope="col">time</th>
                <th scope="col">from → to</th>
                <th scope="col" class="number">amount</th>
                <th scope="col" class="number">expected gain</th>
                <th scope="col" class="number">confidence</th>
                <th scope="col" class="number">fee paid</th>
                <th scope="col" class="number">came of it</th>
                <th scope="col">outcome</th>
              </tr>
            </thead>
            <tbody>
              {withoutRepeats(data.suggestions).map((row) => (
                <Row key={row.suggestion.id} row={row} open={standing.has(row.suggestion.id)} />
              ))}
            </tbody>
          </PlainTable>
        )}
    </section>
  );
}

function Row(
  { row: { time, suggestion: s, result, judged, times, since }, open }: {
    row: RepeatedItem;
    open: boolean;
  },
) {
  return (
    <tr>
      <td data-label="time">
        <Time iso={time} />
      </td>
      <td class="wraps" data-label="from → to">
        <NodeName id={s.source_node} maxLength={16} /> →{" "}
        <NodeName id={s.target_node} maxLength={16} />
      </td>
      <td class="number" data-label="amount">{formatSat(s.amount_msat / 1000)}</td>
      <td class="number" data-label="expected gain">{signedSat(s.expected_gain_msat / 1000)}</td>
      <td class="number" data-label="confidence">{formatPercent(s.confidence, 0)}</td>
      <td class="number" data-label="fee paid">
        {result?.status === "applied" ? formatSat(result.fee_msat / 1000) : UNKNOWN}
      </td>
      <td class="number" data-label="came of it">
        <Verdict judged={judged} />
      </td>
      <td data-label="outcome">
        <Outcome {...{ result, open }} />
        {times === 1 ? null : (
          <small>
            {times} times since <Time iso={since} />
          </small>
        )}
      </td>
    </tr>
  );
}

/** What it earned less what it cost, or would have. */
function Verdict({ judged }: Pick<HistoryView["suggestions"][number], "judged">) {
  if (judged === null) return <>{UNKNOWN}</>;
  const { earned_msat, fee_msat, carried_out } = judged;
  return (
    <>
      {signedSat((earned_msat - fee_msat) / 1000)}
      {carried_out ? null : <small>would have</small>}
    </>
  );
}

function Outcome(
  { result, open }: Pick<HistoryView["suggestions"][number], "result"> & { open: boolean },
) {
  if (result === null) return <span class="note">{open ? "open" : "not carried out"}</span>;
  const { status, reason, tries } = result;
  return (
    <>
      <span class={`chip ${status}`}>{status}</span>
      {reason === undefined ? null : <small class="reason">{reason}</small>}
      {tries.length === 0 ? null : (
        <details>
          <summary>{counted(tries.length, "route")} tried</summary>
          <AttemptRoutes tries={tries} underWay={[]} />
        </details>
      )}
    </>
  );
}
