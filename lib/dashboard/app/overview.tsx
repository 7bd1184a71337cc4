import { useMemo } from "hono/jsx/dom";
import {
  balanceDistribution,
  type ChannelBalance,
  counted,
  gainOverTime,
  incomeByDay as incomeChart,
  shortName,
} from "../../charts/browser.ts";
import { formatSat } from "../../core/browser.ts";
import { AlertList } from "./alert_list.tsx";
import { needsAttention } from "./channel_list.ts";
import { ChartView } from "./chart_view.tsx";
import { incomeByDay } from "./income.ts";
import type { ActivityView } from "./insight_api.ts";
import type { ChannelRow, GainPoint, LiveState } from "./live_state.ts";
import { useResource } from "./resource.ts";
import { channelHref } from "./route.ts";
import { View } from "./section.tsx";
import { Tiles } from "./tiles.tsx";

const CHART_DAYS = 30;

/** What matters at a glance: words, figures, charts. */
export function Overview({ state, fresh }: { state: LiveState; fresh: boolean }) {
  const rows = useMemo(() => [...state.rows.values()], [state.rows]);
  const key = `${fresh} ${state.recommendations?.time}`;
  const activity = useResource<ActivityView>("/api/activity", key);
  return (
    <View name="overview" title="Overview">
      <Attention rows={rows} loaded={state.recommendations !== undefined} />
      <AlertList alerts={state.alerts?.alerts ?? []} />
      <Tiles state={state} rows={rows} activity={activity.data} />
      <div class="charts two">
        {state.twin ? <GainChart gains={state.gains} /> : <IncomeChart activity={activity.data} />}
        <BalanceChart rows={rows} />
      </div>
    </View>
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
  return (
    <p class="attention urgent">
      <strong>{counted(urgent.length, "channel")}</strong>{" "}
      will probably run short within the horizon, with <strong>{formatSat(stakeSat)}</strong>{" "}
      of fees at stake: {urgent.slice(0, 3).map(({ channel }, i) => (
        <>
          {i === 0 ? "" : ", "}
          <a href={channelHref(channel)}>{shortName(channel.peer, 18)}</a>
        </>
      ))}
      {urgent.length > 3 ? ` and ${urgent.length - 3} more` : ""}.
    </p>
  );
}

const NO_CURVE = "Two copies of one network get the same payments, one of them follows the " +
  "suggestions. The curve begins with the next figures.";

/** Net income of both twins. */
export function GainChart({ gains }: { gains: readonly GainPoint[] }) {
  return (
    <ChartView make={gainOverTime} data={gains} empty={gains.length < 2 ? NO_CURVE : undefined} />
  );
}

function IncomeChart({ activity }: { activity?: ActivityView }) {
  const days = useMemo(
    () => activity === undefined ? [] : incomeByDay(activity, CHART_DAYS),
    [activity],
  );
  return (
    <ChartView
      make={incomeChart}
      data={days}
      empty={days.length === 0 ? "A bar a day appears with the first forward." : undefined}
    />
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
