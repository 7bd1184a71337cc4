import { counted } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { TotalsView, TwinView } from "./api.ts";
import { sideOf } from "./channel_list.ts";
import { signedSat, UNKNOWN } from "./format.ts";
import type { ChannelRow, LiveState } from "./live_state.ts";
import { modelQuality } from "./model_quality.ts";

interface TileProps {
  label: string;
  value: string;
  note: string;
  /** `good` or `bad` colours the value. */
  tone?: string;
}

/** The figures: what was earned, what is open, how good the model is, where the channels stand. */
export function Tiles({ state, rows }: { state: LiveState; rows: ChannelRow[] }) {
  const { totals, twin } = state;
  const tiles: TileProps[] = [
    ...(twin ? twinTiles(twin) : [stakeTile(rows), incomeTile(totals), forwardTile(totals)]),
    suggestionTile(state),
    { label: "Model against baselines", ...modelQuality(state.performance) },
    channelTile(rows),
  ];
  return (
    <div class="tiles">
      {tiles.map(({ label, value, note, tone = "" }) => (
        <article key={label} class={`tile ${tone}`}>
          <h3>{label}</h3>
          <p class="value">{value}</p>
          <p class="note">{note}</p>
        </article>
      ))}
    </div>
  );
}

/** Where a simulation runs: what the suggestions are worth. */
function twinTiles({ lens, baseline, gain_msat }: TwinView): TileProps[] {
  const base = baseline.net_income_msat;
  const share = base > 0 ? ` (${signedPercent(gain_msat / base)})` : "";
  return [
    {
      label: "Gain against the twin",
      value: signedSat(gain_msat / 1000),
      note: `net income, same traffic without suggestions${share}`,
      tone: gain_msat > 0 ? "good" : gain_msat < 0 ? "bad" : "",
    },
    {
      label: "Net income",
      value: formatSat(lens.net_income_msat / 1000),
      note: `${formatSat(lens.fees_earned_msat / 1000)} earned, ${
        formatSat(lens.rebalance_cost_msat / 1000)
      } paid for rebalances`,
    },
    {
      label: "Payments that succeed",
      value: formatPercent(lens.success_rate, 2),
      note: `twin: ${formatPercent(baseline.success_rate, 2)}, of ${
        counted(lens.payments, "payment")
      }`,
    },
  ];
}

function signedPercent(ratio: number): string {
  return `${ratio < 0 ? "−" : "+"}${formatPercent(Math.abs(ratio))}`;
}

function stakeTile(rows: ChannelRow[]): TileProps {
  const msat = rows.reduce((sum, row) => sum + (row.prediction?.fees_at_stake_msat ?? 0), 0);
  return {
    label: "Fees at stake",
    value: rows.length === 0 ? UNKNOWN : formatSat(msat / 1000),
    note: "that all expected forwards would earn within the horizon",
  };
}

function incomeTile(totals?: TotalsView): TileProps {
  if (totals === undefined || totals.forwards === 0) {
    return { label: "Net income", value: UNKNOWN, note: "fees earned less fees of rebalances" };
  }
  const { fees_earned_msat: earned, rebalance_cost_msat: paid } = totals;
  return {
    label: "Net income",
    value: formatSat((earned - paid) / 1000),
    note: `${formatSat(earned / 1000)} earned, ${formatSat(paid / 1000)} paid for rebalances`,
  };
}

function forwardTile(totals?: TotalsView): TileProps {
  const label = "Forwards that settle";
  if (totals === undefined || totals.forwards === 0) {
    return { label, value: UNKNOWN, note: "of all that were tried" };
  }
  return {
    label,
    value: formatPercent(totals.forwards_settled / totals.forwards),
    note: `of ${counted(totals.forwards, "forward")} tried`,
  };
}

function suggestionTile({ recommendations, totals }: LiveState): TileProps {
  const planned = (recommendations?.time ?? null) !== null;
  return {
    label: "Suggestions open now",
    value: planned ? String(recommendations!.suggestions.length) : UNKNOWN,
    note: totals === undefined
      ? "each with its reasons below"
      : `${totals.rebalances_applied.toLocaleString("en-US")} applied so far`,
  };
}

function channelTile(rows: ChannelRow[]): TileProps {
  const count = (side: ReturnType<typeof sideOf>) =>
    rows.filter((row) => sideOf(row) === side).length;
  return {
    label: "In their optimal interval",
    value: rows.length === 0
      ? UNKNOWN
      : `${count("within")} of ${rows.length.toLocaleString("en-US")}`,
    note: `${count("outbound")} short of outbound, ${count("inbound")} of inbound, ${
      count("unknown")
    } learning`,
  };
}
