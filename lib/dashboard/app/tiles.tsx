import { counted } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { TotalsView, TwinView } from "./api.ts";
import { sideOf } from "./channel_list.ts";
import { signedSat, UNKNOWN } from "./format.ts";
import { incomes, projectedAndRealised } from "./income.ts";
import type { ActivityView } from "./insight_api.ts";
import { type ChannelRow, type LiveState, openSuggestions } from "./live_state.ts";
import { modelQuality } from "./model_quality.ts";
import { type Tile, TileRow } from "./section.tsx";

/** The figures: what was earned, what is open, how good the model is, where the channels stand. */
export function Tiles(
  { state, rows, activity }: { state: LiveState; rows: ChannelRow[]; activity?: ActivityView },
) {
  const { totals, twin } = state;
  return (
    <TileRow
      tiles={[
        ...incomeTiles(activity),
        projectedTile(activity),
        twin ? gainTile(twin) : shadowTile(activity),
        forwardTile(totals),
        suggestionTile(state),
        channelTile(rows),
        { label: "Model against baselines", ...modelQuality(state.performance) },
        stakeTile(rows),
      ]}
    />
  );
}

/** Net income today, in 7 and in 30 days. */
function incomeTiles(activity?: ActivityView): Tile[] {
  const sums = activity && incomes(activity);
  return ([["today", "today"], ["week", "7 days"], ["month", "30 days"]] as const).map(
    ([span, words]) => {
      const label = `Net income, ${words}`;
      const sum = sums?.[span];
      if (sum === undefined) return { label, value: UNKNOWN, note: "fees earned less rebalances" };
      return {
        label,
        value: formatSat(sum.netMsat / 1000),
        note: `${formatSat(sum.feesMsat / 1000)} earned, ${
          formatSat(sum.costMsat / 1000)
        } paid for rebalances`,
        tone: sum.netMsat < 0 ? "bad" : "",
      };
    },
  );
}

function projectedTile(activity?: ActivityView): Tile {
  const label = "Realised gain";
  const done = activity && projectedAndRealised(activity, true);
  if (done === undefined || done.count === 0) {
    return { label, value: UNKNOWN, note: "judged once the horizon of a rebalance has passed" };
  }
  return {
    label,
    value: signedSat(done.realisedMsat / 1000),
    note: `within the horizon of ${counted(done.count, "rebalance")}, ${
      formatSat(done.projectedMsat / 1000)
    } projected; ${done.paid} paid for themselves`,
    tone: done.realisedMsat < 0 ? "bad" : "good",
  };
}

/** Without a twin: what suggestions that nobody carried out would have earned. */
function shadowTile(activity?: ActivityView): Tile {
  const label = "Would have earned";
  const shadow = activity && projectedAndRealised(activity, false);
  if (shadow === undefined || shadow.count === 0) {
    return {
      label,
      value: UNKNOWN,
      note: "suggestions not carried out, once their horizon passed",
    };
  }
  return {
    label,
    value: signedSat(shadow.realisedMsat / 1000),
    note: `by ${counted(shadow.count, "suggestion")} not carried out, ${
      formatSat(shadow.projectedMsat / 1000)
    } projected`,
    tone: shadow.realisedMsat < 0 ? "bad" : "good",
  };
}

/** Where a simulation runs: what the suggestions are worth. */
export function gainTile({ lens, baseline, gain_msat }: TwinView): Tile {
  const base = baseline.net_income_msat;
  const share = base > 0 && gain_msat !== 0 ? ` (${signedPercent(gain_msat / base)})` : "";
  return {
    label: "Gain against the twin",
    value: signedSat(gain_msat / 1000),
    note: `net income ${formatSat(lens.net_income_msat / 1000)}, same traffic without suggestions ${
      formatSat(base / 1000)
    }${share}`,
    tone: gain_msat > 0 ? "good" : gain_msat < 0 ? "bad" : "",
  };
}

function signedPercent(ratio: number): string {
  return `${ratio < 0 ? "−" : "+"}${formatPercent(Math.abs(ratio))}`;
}

function stakeTile(rows: ChannelRow[]): Tile {
  const known = rows.flatMap(({ prediction }) => prediction?.fees_at_stake_msat ?? []);
  return {
    label: "Fees at stake",
    value: known.length === 0 ? UNKNOWN : formatSat(known.reduce((a, b) => a + b, 0) / 1000),
    note: "that all expected forwards would earn within the horizon",
  };
}

function forwardTile(totals?: TotalsView): Tile {
  const label = "Forwards that settle";
  if (totals === undefined || totals.forwards === 0) {
    return { label, value: UNKNOWN, note: "of all that were tried" };
  }
  return {
    label,
    value: formatPercent(totals.forwards_settled / totals.forwards),
    note: `of ${counted(totals.forwards, "forward")} tried; ${
      formatPercent(totals.forwards_lacking / totals.forwards)
    } failed here for lack of balance`,
  };
}

function suggestionTile(state: LiveState): Tile {
  const { recommendations, totals } = state;
  return {
    label: "Suggestions open now",
    value: recommendations?.time ? String(openSuggestions(state).length) : UNKNOWN,
    note: `${recommendations?.suggestions.length ?? 0} in the last plan${
      totals === undefined
        ? ""
        : `; ${counted(totals.rebalances_applied, "rebalance")} carried out so far`
    }`,
  };
}

function channelTile(rows: ChannelRow[]): Tile {
  const count = (side: ReturnType<typeof sideOf>) =>
    rows.filter((row) => sideOf(row) === side).length;
  return {
    label: "In their optimal interval",
    value: count("unknown") === rows.length
      ? UNKNOWN
      : `${count("within")} of ${rows.length.toLocaleString("en-US")}`,
    note: `${count("outbound")} short of outbound, ${count("inbound")} of inbound, ${
      count("unknown")
    } learning`,
  };
}
