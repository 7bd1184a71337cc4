import { useMemo } from "hono/jsx/dom";
import {
  balanceDistribution,
  type ChannelBalance,
  counted,
  gainOverTime,
  shortName,
} from "../../charts/browser.ts";
import { formatSat } from "../../core/browser.ts";
import { needsAttention } from "./channel_list.ts";
import { ChartView } from "./chart_view.tsx";
import type { ChannelRow, GainPoint, LiveState } from "./live_state.ts";
import { Tiles } from "./tiles.tsx";

/** What matters at a glance: words, figures, two charts. */
export function Overview({ state }: { state: LiveState }) {
  const rows = useMemo(() => [...state.rows.values()], [state.rows]);
  return (
    <section id="overview" aria-labelledby="overview-title">
      <h2 id="overview-title">Overview</h2>
      <Attention rows={rows} loaded={state.recommendations !== undefined} />
      <Tiles state={state} rows={rows} />
      <div class={state.twin ? "charts two" : "charts"}>
        {state.twin ? <GainChart gains={state.gains} /> : null}
        <BalanceChart rows={rows} />
      </div>
    </section>
  );
}

function Attention({ rows, loaded }: { rows: ChannelRow[]; loaded: boolean }) {
  if (rows.length === 0) {
    return (
      <p class="attention">
        {loaded
          ? "No channels yet. They appear as soon as the server hears of them: from a simulation, a node, or POST /api/update."
          : "Loading…"}
      </p>
    );
  }
  if (rows.every(({ prediction }) => (prediction?.optimal_ratio ?? null) === null)) {
    return (
      <p class="attention">
        All {counted(rows.length, "channel")}{" "}
        are still learning: forecasts appear after enough forwards and a day of watching.
      </p>
    );
  }
  const stake = (row: ChannelRow) => row.prediction?.fees_at_stake_msat ?? 0;
  const urgent = rows.filter(needsAttention).sort((a, b) => stake(b) - stake(a));
  if (urgent.length === 0) return <p class="attention fine">Nothing needs attention now.</p>;
  const stakeSat = urgent.reduce((sum, row) => sum + stake(row), 0) / 1000;
  const names = urgent.slice(0, 3).map(({ channel }) => shortName(channel.peer, 18)).join(", ");
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

const NO_CURVE = "Two copies of one network get the same payments, one of them follows the " +
  "suggestions. The curve begins with the next figures.";

function GainChart({ gains }: { gains: readonly GainPoint[] }) {
  return (
    <ChartView make={gainOverTime} data={gains} empty={gains.length < 2 ? NO_CURVE : undefined} />
  );
}

function BalanceChart({ rows }: { rows: ChannelRow[] }) {
  // Redrawn when a channel moved by a whole percent, not for every payment.
  const key = rows.map(({ channel }) => Math.round(channel.balance_ratio * 100)).join();
  const balances = useMemo(
    () =>
      rows.map(({ channel }): ChannelBalance => ({
        label: channel.peer,
        ratio: channel.balance_ratio,
      })),
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
