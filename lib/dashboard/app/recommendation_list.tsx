import { useState } from "hono/jsx/dom";
import { counted, decisionLabel, shortName } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { RecommendationItem, Recommendations } from "./api.ts";
import { localTime, signedSat, utcTime } from "./format.ts";

/** Cards drawn at first. */
const FIRST = 6;

/** What is proposed, best first, with reasons; or why nothing is. */
export function RecommendationList({ plan }: { plan?: Recommendations | null }) {
  const [all, setAll] = useState(false);
  const items = [...plan?.items ?? []].sort((a, b) => netSat(b) - netSat(a));
  const shown = all ? items : items.slice(0, FIRST);
  return (
    <section id="recommendations" aria-labelledby="recommendations-title">
      <div class="section-head">
        <h2 id="recommendations-title">Recommendations</h2>
        {plan ? <PlanTime iso={plan.timestamp} /> : null}
      </div>
      {items.length === 0 ? <Nothing plan={plan} /> : (
        <ol class="cards">
          {shown.map((item) => <Card key={item.id} item={item} />)}
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

function netSat(item: RecommendationItem): number {
  return item.expected_gain_sat - item.expected_fee_sat;
}

function PlanTime({ iso }: { iso: string }) {
  const timeMs = Date.parse(iso);
  return (
    <p class="note">
      planned <time dateTime={iso} title={utcTime(timeMs)}>{localTime(timeMs, 0)}</time>
    </p>
  );
}

function Card({ item }: { item: RecommendationItem }) {
  return (
    <li class="card">
      <h3>
        <span title={`${item.source_node}, channel ${item.source_channel}`}>
          {shortName(item.source_node, 18)}
        </span>
        <span class="to" aria-label="to">→</span>
        <span title={`${item.target_node}, channel ${item.target_channel}`}>
          {shortName(item.target_node, 18)}
        </span>
        <span class="amount">{formatSat(item.amount_sat)}</span>
        {item.status === undefined
          ? null
          : <span class={`chip ${item.status}`}>{item.status}</span>}
      </h3>
      <dl>
        <div>
          <dt>expected gain</dt>
          <dd>{formatSat(item.expected_gain_sat)}</dd>
        </div>
        <div>
          <dt>expected fee</dt>
          <dd title={`limit ${formatSat(item.fee_limit_sat)}`}>
            {formatSat(item.expected_fee_sat)}
            <small>limit {formatSat(item.fee_limit_sat)}</small>
          </dd>
        </div>
        <div>
          <dt>net</dt>
          <dd class="net">{signedSat(netSat(item))}</dd>
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
        of <span title={item.node}>{shortName(item.node, 18)}</span>, stands until{" "}
        <time dateTime={item.expires_at} title={utcTime(Date.parse(item.expires_at))}>
          {localTime(Date.parse(item.expires_at), Date.parse(item.expires_at))}
        </time>
      </p>
    </li>
  );
}

function Nothing({ plan }: { plan?: Recommendations | null }) {
  if (!plan) {
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
