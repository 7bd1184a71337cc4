import { useState } from "hono/jsx/dom";
import { counted, decisionLabel } from "../../charts/browser.ts";
import { formatDuration, HOUR_MS } from "../../core/browser.ts";
import type { RecommendationsView } from "./api.ts";
import { ExecutionPanel } from "./execution_panel.tsx";
import type { ExecutionsView, HistoryView } from "./insight_api.ts";
import { dataTimeMs, type LiveState, openSuggestions } from "./live_state.ts";
import { useResource } from "./resource.ts";
import { View } from "./section.tsx";
import { SuggestionCard } from "./suggestion_card.tsx";
import { SuggestionHistory } from "./suggestion_history.tsx";
import { Time } from "./time.tsx";

/** Cards drawn at first. */
const FIRST = 12;

/** A plan that is so much older than the data says so. */
const STALE_MS = HOUR_MS;

/** What is proposed, best first, with reasons; what the operator decided; what became of it. */
export function RecommendationsPage({ state, fresh }: { state: LiveState; fresh: boolean }) {
  const plan = state.recommendations;
  const lagMs = plan?.time ? (dataTimeMs(state) ?? 0) - Date.parse(plan.time) : 0;
  const [changes, setChanges] = useState(0);
  const key = `${fresh} ${changes} ${plan?.time} ${state.totals?.rebalances_applied}`;
  const executions = useResource<ExecutionsView>("/api/executions", key);
  const [onlyEnded, setOnlyEnded] = useState(true);
  const history = useResource<HistoryView>(
    onlyEnded ? "/api/suggestions?limit=50&with_result=true" : "/api/suggestions?limit=200",
    key,
  );
  const changed = () => setChanges((count) => count + 1);
  return (
    <View
      name="recommendations"
      title="Recommendations"
      note={plan?.time
        ? (
          <p class="note">
            planned <Time iso={plan.time} />
            {lagMs < STALE_MS ? "" : `, ${formatDuration(lagMs)} before the newest data`}
          </p>
        )
        : undefined}
    >
      <ExecutionPanel executions={executions.data} live={state.runs} onChange={changed} />
      <Cards
        plan={plan}
        dataMs={dataTimeMs(state) ?? 0}
        enabled={executions.data?.enabled ?? false}
        onChange={changed}
      />
      <SuggestionHistory
        {...{ history, onlyEnded, onOnlyEnded: setOnlyEnded, open: openSuggestions(state) }}
      />
    </View>
  );
}

function Cards(props: {
  plan?: RecommendationsView;
  dataMs: number;
  enabled: boolean;
  onChange: () => void;
}) {
  const { plan, dataMs, enabled, onChange } = props;
  const [all, setAll] = useState(false);
  const dismissed = new Map(plan?.dismissed.map(({ id, until }) => [id, until]));
  const items = [...plan?.suggestions ?? []].sort((a, b) =>
    Number(dismissed.has(a.id)) - Number(dismissed.has(b.id)) ||
    b.expected_gain_msat - a.expected_gain_msat
  );
  if (items.length === 0) return <Nothing plan={plan} />;
  return (
    <>
      <ol class="cards">
        {(all ? items : items.slice(0, FIRST)).map((item) => (
          <SuggestionCard
            key={item.id}
            item={item}
            expired={Date.parse(item.expires_at) <= dataMs}
            dismissedUntil={dismissed.get(item.id)}
            enabled={enabled}
            onChange={onChange}
          />
        ))}
      </ol>
      {items.length <= FIRST
        ? null
        : (
          <button type="button" class="more" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${items.length}`}
          </button>
        )}
    </>
  );
}

function Nothing({ plan }: { plan?: RecommendationsView }) {
  if (!plan?.time) {
    return (
      <p class="empty">
        Recommendations appear after the first plan, which needs some forwards and a model.
      </p>
    );
  }
  const counts = new Map<string, number>();
  for (const { code } of plan.decisions) counts.set(code, (counts.get(code) ?? 0) + 1);
  return (
    <div class="empty">
      <p>
        <strong>No rebalance pays for itself now,</strong> as far as is known of{" "}
        {counted(plan.decisions.length, "channel")}:
      </p>
      <ul class="chips">
        {[...counts].sort((a, b) => b[1] - a[1]).map(([code, count]) => (
          <li key={code} class={`chip ${code}`}>{count} {decisionLabel(code)}</li>
        ))}
      </ul>
    </div>
  );
}
