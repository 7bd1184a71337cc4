import {
  balanceDistribution,
  type ChannelBalance,
  counted,
  gainOverTime,
  shortName,
} from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { ChannelItem, Performance, Twin } from "./api.ts";
import { isShortInbound, isShortOutbound, needsAttention } from "./channel_list.ts";
import { ChartView } from "./chart_view.tsx";
import { signedSat, UNKNOWN } from "./format.ts";
import type { LiveState } from "./live_state.ts";
import { modelQuality } from "./model_quality.ts";
import { useMemo } from "hono/jsx/dom";

/** What matters at a glance: words, figures, two charts. */
export function Overview({ state }: { state: LiveState }) {
  const channels = useMemo(() => [...state.channels.values()], [state.channels]);
  return (
    <section id="overview" aria-labelledby="overview-title">
      <h2 id="overview-title">Overview</h2>
      <Attention channels={channels} loaded={state.recommendations !== undefined} />
      <div class="tiles">
        {state.twin ? <TwinTiles twin={state.twin} /> : <LiquidityTiles channels={channels} />}
        <SuggestionTile state={state} />
        <ModelTile performance={state.performance} />
        <ChannelTile channels={channels} />
      </div>
      <div class="charts">
        <GainChart twin={state.twin} />
        <BalanceChart channels={channels} />
      </div>
    </section>
  );
}

function Attention({ channels, loaded }: { channels: ChannelItem[]; loaded: boolean }) {
  if (channels.length === 0) {
    return (
      <p class="attention">
        {loaded
          ? "No channels yet. They appear as soon as the server hears of them: from a simulation, a node, or POST /api/update."
          : "Loading…"}
      </p>
    );
  }
  const urgent = channels.filter(needsAttention)
    .sort((a, b) => b.fees_at_stake_msat! - a.fees_at_stake_msat!);
  if (urgent.length === 0) {
    return <p class="attention fine">Nothing needs attention now.</p>;
  }
  const stakeSat = urgent.reduce((sum, c) => sum + c.fees_at_stake_msat!, 0) / 1000;
  const names = urgent.slice(0, 3).map((c) => shortName(c.peer, 18)).join(", ");
  const rest = urgent.length > 3 ? ` and ${urgent.length - 3} more` : "";
  return (
    <p class="attention urgent">
      <strong>{counted(urgent.length, "channel")}</strong>{" "}
      will probably run short within the horizon, with <strong>{formatSat(stakeSat)}</strong>{" "}
      of fees at stake: {names}
      {rest}.
    </p>
  );
}

function Tile(props: { label: string; value: string; note: string; tone?: string }) {
  return (
    <article class={`tile ${props.tone ?? ""}`}>
      <h3>{props.label}</h3>
      <p class="value">{props.value}</p>
      <p class="note">{props.note}</p>
    </article>
  );
}

/** Where a simulation runs: what the suggestions are worth. */
function TwinTiles({ twin }: { twin: Twin }) {
  const gain = twin.lens.net_income_sat - twin.twin.net_income_sat;
  const base = twin.twin.net_income_sat;
  const share = base > 0 ? ` (${gain < 0 ? "−" : "+"}${formatPercent(Math.abs(gain) / base)})` : "";
  const { success_rate, net_income_sat, fees_earned_sat, rebalance_fees_sat } = twin.lens;
  const parts = fees_earned_sat === undefined || rebalance_fees_sat === undefined
    ? "since the start"
    : `${formatSat(fees_earned_sat)} earned − ${formatSat(rebalance_fees_sat)} paid`;
  return (
    <>
      <Tile
        label="Gain against the twin"
        value={signedSat(gain)}
        note={`net income, same traffic without suggestions${share}`}
        tone={gain > 0 ? "good" : gain < 0 ? "bad" : ""}
      />
      <Tile label="Net income" value={formatSat(net_income_sat)} note={parts} />
      <Tile
        label="Payments that succeed"
        value={formatPercent(success_rate)}
        note={`twin: ${formatPercent(twin.twin.success_rate)}`}
      />
    </>
  );
}

/** Where no simulation runs: what is there, and what is at stake. */
function LiquidityTiles({ channels }: { channels: ChannelItem[] }) {
  const sum = (pick: (c: ChannelItem) => number) => channels.reduce((s, c) => s + pick(c), 0);
  const capacity = sum((c) => c.capacity_sat);
  const local = sum((c) => c.local_balance_sat);
  const stakeSat = sum((c) => c.fees_at_stake_msat ?? 0) / 1000;
  const none = channels.length === 0;
  return (
    <>
      <Tile
        label="Fees at stake"
        value={none ? UNKNOWN : formatSat(stakeSat)}
        note="that all expected forwards would earn within the horizon"
      />
      <Tile
        label="Outbound liquidity"
        value={none ? UNKNOWN : formatSat(local)}
        note={none
          ? "local balance of all channels"
          : `${formatPercent(local / capacity, 0)} of all`}
      />
      <Tile
        label="Inbound liquidity"
        value={none ? UNKNOWN : formatSat(sum((c) => c.remote_balance_sat))}
        note="remote balance of all channels"
      />
    </>
  );
}

function SuggestionTile({ state }: { state: LiveState }) {
  const open = state.recommendations?.items.length ?? 0;
  const { applied, refused, failed } = state.twin?.lens ?? {};
  const done = applied === undefined ? [] : [
    `${applied} applied`,
    ...(refused === undefined ? [] : [`${refused} refused`]),
    ...(failed === undefined ? [] : [`${failed} failed`]),
  ];
  return (
    <Tile
      label="Suggestions open now"
      value={state.recommendations ? String(open) : UNKNOWN}
      note={done.length > 0 ? `so far ${done.join(", ")}` : "each with its reasons below"}
    />
  );
}

function ModelTile({ performance }: { performance?: Performance | null }) {
  const quality = modelQuality(performance);
  return <Tile label="Model against baselines" {...quality} />;
}

function ChannelTile({ channels }: { channels: ChannelItem[] }) {
  const out = channels.filter(isShortOutbound).length;
  const into = channels.filter(isShortInbound).length;
  const learning = channels.filter((c) => c.optimal_ratio === null).length;
  const within = channels.length - out - into - learning;
  return (
    <Tile
      label="Channels in their optimal interval"
      value={channels.length === 0
        ? UNKNOWN
        : `${within} of ${channels.length.toLocaleString("en-US")}`}
      note={`${out} short of outbound, ${into} of inbound, ${learning} learning`}
    />
  );
}

const NO_CURVE = "Appears while a simulation with a twin runs: two copies of one network get the " +
  "same payments, one of them follows the suggestions.";

function GainChart({ twin }: { twin?: Twin | null }) {
  const history = twin?.history;
  const points = useMemo(
    () =>
      (history ?? []).map((point) => ({
        timeMs: Date.parse(point.timestamp),
        lensNetSat: point.lens_net_sat,
        twinNetSat: point.twin_net_sat,
      })),
    [history],
  );
  return (
    <ChartView
      make={gainOverTime}
      data={points}
      empty={points.length < 2 ? NO_CURVE : undefined}
    />
  );
}

function BalanceChart({ channels }: { channels: ChannelItem[] }) {
  // Redrawn when a channel moved by a whole percent, not for every payment.
  const key = channels.map((c) => Math.round(c.balance_ratio * 100)).join();
  const balances = useMemo(
    () => channels.map((c): ChannelBalance => ({ label: c.peer, ratio: c.balance_ratio })),
    [key],
  );
  return (
    <ChartView
      make={balanceDistribution}
      data={balances}
      empty={balances.length === 0 ? "The balances of all channels appear here." : undefined}
    />
  );
}
