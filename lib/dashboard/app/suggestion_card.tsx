import { useState } from "hono/jsx/dom";
import { formatPercent, formatPpm, formatSat } from "../../core/browser.ts";
import type { SuggestionView } from "./api.ts";
import { signedSat } from "./format.ts";
import { NodeName, useNames } from "./node_name.tsx";
import { post } from "./resource.ts";
import { channelHref } from "./route.ts";
import { Time } from "./time.tsx";

/** Millisatoshis as people read them. */
function sat(amountMsat: number): string {
  return formatSat(amountMsat / 1000);
}

/** One proposed rebalance and what the operator can do with it. */
export function SuggestionCard(props: {
  item: SuggestionView;
  expired: boolean;
  /** Until when the operator does not want it. */
  dismissedUntil?: string;
  /** Whether the server can carry it out. */
  enabled: boolean;
  onChange: () => void;
}) {
  const { item, expired, dismissedUntil } = props;
  const faded = expired || dismissedUntil !== undefined;
  return (
    <li class={faded ? "card expired" : "card"}>
      <h3>
        <End peer={item.source_node} channelId={item.source_channel} node={item.node} />
        <span class="to" aria-label="to">→</span>
        <End peer={item.target_node} channelId={item.target_channel} node={item.node} />
        <span class="amount">{sat(item.amount_msat)}</span>
      </h3>
      <Figures item={item} />
      <ul class="reasons">
        {item.reasons.map((reason) => <li key={reason}>{reason}</li>)}
      </ul>
      <p class="note">
        of <NodeName id={item.node} maxLength={18} />, {expired ? "expired" : "stands until"}{" "}
        <Time iso={item.expires_at} />
      </p>
      <Actions {...props} />
    </li>
  );
}

function End({ peer, channelId, node }: { peer: string; channelId: string; node: string }) {
  return (
    <a
      href={channelHref({ node, channel_id: channelId })}
      title={`${peer}, channel ${channelId}`}
    >
      <NodeName id={peer} maxLength={18} />
    </a>
  );
}

function Figures({ item }: { item: SuggestionView }) {
  return (
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
  );
}

function Actions(
  { item, expired, dismissedUntil, enabled, onChange }: Parameters<typeof SuggestionCard>[0],
) {
  const [said, setSaid] = useState("");
  const act = async (what: "accept" | "dismiss" | "restore", done: string) => {
    setSaid("…");
    const problem = await post(`/api/recommendations/${encodeURIComponent(item.id)}/${what}`);
    setSaid(problem ?? done);
    onChange();
  };
  const nameOf = useNames();
  const which = `${nameOf(item.source_node, 18)} to ${nameOf(item.target_node, 18)}`;
  return (
    <div class="actions">
      {dismissedUntil !== undefined
        ? (
          <>
            <span class="note">
              dismissed until <Time iso={dismissedUntil} />
            </span>
            <button
              type="button"
              aria-label={`Restore ${which}`}
              onClick={() => act("restore", "Open again.")}
            >
              Restore
            </button>
          </>
        )
        : expired
        ? null
        : (
          <>
            {!enabled ? null : (
              <button
                type="button"
                class="primary"
                aria-label={`Accept ${which}`}
                onClick={() => act("accept", "Accepted: it is carried out above.")}
              >
                Accept and run
              </button>
            )}
            <button
              type="button"
              aria-label={`Dismiss ${which}`}
              onClick={() => act("dismiss", "")}
            >
              Dismiss
            </button>
          </>
        )}
      <span role="status" class="said">{said}</span>
    </div>
  );
}
