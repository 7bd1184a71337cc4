import { useMemo } from "hono/jsx/dom";
import {
  balanceDistribution,
  type ChannelBalance,
  counted,
  gainOverTime,
  incomeByDay as incomeChart,
} from "../../charts/browser.ts";
import { formatSat } from "../../core/browser.ts";
import { AlertList } from "./alert_list.tsx";
import { needsAttention } from "./channel_list.ts";
import { ChartView } from "./chart_view.tsx";
import { incomeByDay } from "./income.ts";
import type { ActivityView } from "./insight_api.ts";
import { type ChannelRow, type GainPoint, type LiveState, openSuggestions } from "./live_state.ts";
import { peerName } from "./names.ts";
import { useResource } from "./resource.ts";
import { channelHref, filterHref, viewHref } from "./route.ts";
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
      <Attention {...{ rows, state }} />
      <AlertList alerts={state.alerts?.alerts ?? []} />
      <Tiles state={state} rows={rows} activity={activity.data} />
      <div class="charts two">
        {state.twin ? <GainChart gains={state.gains} /> : <IncomeChart activity={activity.data} />}
        <BalanceChart rows={rows} />
      </div>
    </View>
  );
}

function Attention({ rows, state }: { rows: ChannelRow[]; state: LiveState }) {
  if (rows.length === 0) {
    return (
      <p class="attention">
        {state.recommendations === undefined
          ? "Loading…"
          : "No channels yet. They appear as soon as the server hears of them: from a simulation, a node, or POST /api/update."}
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
  const urgent = rows.filter(needsAttention).sort((a, b) => stakeMsat(b) - stakeMsat(a));
  return (
    <p class={`attention ${urgent.length === 0 ? "fine" : "urgent"}`}>
      {urgent.length === 0 ? "No channel will probably run short." : <Short rows={urgent} />}{" "}
      <Remedy state={state} />
    </p>
  );
}

function stakeMsat({ prediction }: ChannelRow): number {
  return prediction?.fees_at_stake_msat ?? 0;
}

/** Who will probably run short, most at stake first. */
function Short({ rows }: { rows: ChannelRow[] }) {
  const sat = rows.reduce((sum, row) => sum + stakeMsat(row), 0) / 1000;
  const hours = Math.max(...rows.map(({ prediction }) => prediction?.horizon_hours ?? 0));
  return (
    <>
      <strong>{counted(rows.length, "channel")}</strong> will probably run short within {hours} h,
      {" "}
      with <strong>{formatSat(sat)}</strong> of fees at stake: {rows.slice(0, 3).map((
        { channel },
        i,
      ) => (
        <>
          {i === 0 ? "" : ", "}
          <a href={channelHref(channel)}>
            <bdi>{peerName(channel, 18)}</bdi>
          </a>
        </>
      ))}
      {rows.length <= 3 ? "" : (
        <>
          {" and "}
          <a href={filterHref("attention")}>{rows.length - 3} more</a>
        </>
      )}.
    </>
  );
}

/** What can be done about it now. */
function Remedy({ state }: { state: LiveState }) {
  if (!state.recommendations?.time) return <>No plan has been made yet.</>;
  const open = openSuggestions(state);
  if (open.length === 0) {
    return state.recommendations.suggestions.length === 0
      ? <>No rebalance would pay for itself now.</>
      : <>What the last plan suggested has expired or was dismissed.</>;
  }
  const gainMsat = open.reduce((sum, { expected_gain_msat }) => sum + expected_gain_msat, 0);
  return (
    <>
      <a href={viewHref("recommendations")}>{counted(open.length, "rebalance")}</a>{" "}
      {open.length === 1 ? "is" : "are"} suggested, expected to gain{" "}
      <strong>{formatSat(gainMsat / 1000)}</strong> after fees.
    </>
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
