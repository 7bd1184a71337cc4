import { useState } from "hono/jsx/dom";
import { counted, decisionLabel, shortName } from "../../charts/browser.ts";
import { formatPercent, formatPpm, formatSat } from "../../core/browser.ts";
import type { RecommendationsView, SuggestionView } from "./api.ts";
import { signedSat } from "./format.ts";
import { Time } from "./time.tsx";

/** Cards drawn at first. */
const FIRST = 6;

/** What is proposed, best first, with reasons; or why nothing is. */
export function RecommendationList(
  { plan, dataMs = 0 }: { plan?: RecommendationsView; dataMs?: number },
) {
  const [all, setAll] = useState(false);
  const items = [...plan?.suggestions ?? []]
    .sort((a, b) => b.expected_gain_msat - a.expected_gain_msat);
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <section id="recommendations" aria-labelledby="recommendations-title">
      <div class="section-head">
        <h2 id="recommendations-title">Recommendations</h2>
        {plan?.time
          ? (
            <p class="note">
              planned <Time iso={plan.time} />
            </p>
          )
          : null}
      </div>
      {items.length === 0 ? <Nothing plan={plan} /> : (
        <ol class="cards">
          {shown.map((item) => (
            <Card key={item.id} item={item} expired={Date.parse(item.expires_at) <= dataMs} />
          ))}
        </ol>
      )}
      {items.length <= FIRST
        ? null
        : (
          <button type="button" class="more" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${items.length}`}
          </button>
        )}
    </section>
  );
}

/** Millisatoshis as people read them. */
function sat(amountMsat: number): string {
  return formatSat(amountMsat / 1000);
}

function Card({ item, expired }: { item: SuggestionView; expired: boolean }) {
  return (
    <li class={expired ? "card expired" : "card"}>
      <h3>
        <span title={`${item.source_node}, channel ${item.source_channel}`}>
          {shortName(item.source_node, 18)}
        </span>
        <span class="to" aria-label="to">→</span>
        <span title={`${item.target_node}, channel ${item.target_channel}`}>
          {shortName(item.target_node, 18)}
        </span>
        <span class="amount">{sat(item.amount_msat)}</span>
      </h3>
      <dl>
        <div>
          <dt>expected gain</dt>
          <dd class="net">
            {signedSat(item.expected_gain_msat / 1000)}
            <small>after the fee</small>
          </dd>
        </div>
        <div>
          <dt>expected fee</dt>
          <dd>{sat(item.expected_fee_msat)}</dd>
        </div>
        <div>
          <dt>fee limit</dt>
          <dd>
            {sat(item.fee_limit_msat)}
            <small>{formatPpm(item.fee_limit_msat / item.amount_msat * 1e6)}</small>
          </dd>
        </div>
        <div>
          <dt>pays for itself</dt>
          <dd>
            {formatPercent(item.confidence, 0)}
            <meter min={0} max={1} value={item.confidence} aria-label="confidence" />
          </dd>
        </div>
      </dl>
      <ul class="reasons">
        {item.reasons.map((reason) => <li key={reason}>{reason}</li>)}
      </ul>
      <p class="note">
        of <span title={item.node}>{shortName(item.node, 18)}</span>,{" "}
        {expired ? "expired" : "stands until"} <Time iso={item.expires_at} />
      </p>
    </li>
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
        <strong>No rebalance pays for itself now.</strong> Doing nothing is the best plan for{" "}
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
