import { shortName } from "../../charts/browser.ts";
import { formatPpm, formatSat } from "../../core/browser.ts";
import type { ChannelView } from "./api.ts";
import { UNKNOWN } from "./format.ts";
import type { ChannelHistoryView, PolicyView } from "./insight_api.ts";
import { channelName, type LiveState } from "./live_state.ts";
import { peerName } from "./names.ts";
import { channelHref } from "./route.ts";
import { PlainTable } from "./section.tsx";
import { Time } from "./time.tsx";

const TERMS: readonly { label: string; write: (policy: PolicyView) => string }[] = [
  { label: "fee rate", write: (p) => formatPpm(p.fee_rate_ppm) },
  { label: "base fee", write: (p) => `${p.base_fee_msat.toLocaleString("en-US")} msat` },
  { label: "time lock", write: (p) => `${p.cltv_delta} blocks` },
  { label: "smallest", write: (p) => `${p.min_htlc_msat.toLocaleString("en-US")} msat` },
  { label: "largest", write: (p) => formatSat(p.max_htlc_msat / 1000) },
  { label: "forwards", write: (p) => p.disabled ? "disabled" : "yes" },
];

/** Terms for forwarding on both sides. */
export function PolicyTable(
  { local, remote }: { local: PolicyView | null; remote: PolicyView | null },
) {
  return (
    <section class="panel" aria-labelledby="policies-title">
      <h3 id="policies-title">Terms of both sides</h3>
      {local === null && remote === null
        ? <p class="note">The terms appear when whoever sends the channel's state tells them.</p>
        : (
          <PlainTable label="Terms of both sides">
            <thead>
              <tr>
                <td />
                {TERMS.map(({ label }) => <th key={label} scope="col">{label}</th>)}
              </tr>
            </thead>
            <tbody>
              {[["own, out by this channel", local], ["the peer's, in by it", remote]].map((
                [whose, policy],
              ) => (
                <tr key={String(whose)}>
                  <th scope="row">{whose as string}</th>
                  {TERMS.map(({ label, write }) => (
                    <td key={label} data-label={label}>
                      {policy === null ? UNKNOWN : write(policy as PolicyView)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </PlainTable>
        )}
    </section>
  );
}

const OUTCOMES: Record<string, string> = {
  settled: "settled",
  failed_here: "failed here",
  failed_downstream: "failed further on",
};

/** The newest forwards through a channel, both ways. */
export function ForwardList(
  { channel: { node, channel_id }, rows, forwards }: {
    channel: ChannelView;
    /** All channels, to tell by which other one a forward went. */
    rows: LiveState["rows"];
    forwards: ChannelHistoryView["forwards"];
  },
) {
  return (
    <section class="panel" aria-labelledby="forwards-title">
      <h3 id="forwards-title">Newest forwards</h3>
      {forwards.length === 0
        ? <p class="note">Forwards through this channel appear here as they happen.</p>
        : (
          <PlainTable label="Newest forwards">
            <thead>
              <tr>
                <th scope="col">time</th>
                <th scope="col">direction</th>
                <th scope="col">from or to</th>
                <th scope="col" class="number">amount</th>
                <th scope="col" class="number">fee</th>
                <th scope="col">outcome</th>
              </tr>
            </thead>
            <tbody>
              {forwards.map((f) => {
                const out = f.out_channel === channel_id;
                const other = out ? f.in_channel : f.out_channel;
                const row = rows.get(channelName({ node, channel_id: other }));
                const fee = f.in_amount_msat - f.out_amount_msat;
                return (
                  <tr key={f.seq}>
                    <td data-label="time">
                      <Time iso={f.time} />
                    </td>
                    <td data-label="direction">{out ? "out" : "in"}</td>
                    <td data-label={out ? "from" : "to"} title={`channel ${other}`}>
                      {row === undefined ? shortName(other) : (
                        <a href={channelHref(row.channel)}>
                          <bdi>{peerName(row.channel)}</bdi>
                        </a>
                      )}
                    </td>
                    <td class="number" data-label="amount">
                      {formatSat(f.out_amount_msat / 1000)}
                    </td>
                    <td class="number" data-label="fee">
                      {f.outcome === "settled" ? `${(fee / 1000).toFixed(1)} sat` : UNKNOWN}
                    </td>
                    <td data-label="outcome">
                      <span class={`chip ${f.outcome === "settled" ? "applied" : "failed"}`}>
                        {f.failure_reason === "insufficient_balance"
                          ? "lacked balance"
                          : OUTCOMES[f.outcome] ?? f.outcome}
                      </span>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </PlainTable>
        )}
    </section>
  );
}
