/// <reference lib="dom" />
import { useMemo, useState } from "hono/jsx/dom";
import { gainAt, valueOfBalance } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { ChannelView } from "./api.ts";
import { ChartView } from "./chart_view.tsx";
import { signedSat } from "./format.ts";
import type { WhatIfView } from "./insight_api.ts";

/** What each balance is worth more than today's, which may have moved since the curve was asked for. */
function gainsBeside(localSat: number, points: readonly WhatIfView[]) {
  const curve = points.map(({ local_sat, gain_msat }) => ({
    localSat: local_sat,
    gainSat: gain_msat / 1000,
  }));
  const today = gainAt(curve, localSat);
  return curve.map((point) => ({ ...point, gainSat: point.gainSat - today }));
}

/** What the channel would earn with another balance: a slider on the value curve. */
export function WhatIf({ channel, points }: { channel: ChannelView; points: WhatIfView[] }) {
  const [asked, setAsked] = useState<number | undefined>(undefined);
  const { capacity_sat: capacitySat, local_balance_sat: localBalanceSat } = channel;
  const curve = useMemo(() => gainsBeside(localBalanceSat, points), [localBalanceSat, points]);
  const askedSat = asked ?? localBalanceSat;
  const data = useMemo(
    () => ({ capacitySat, localBalanceSat, askedSat, points: curve }),
    [capacitySat, localBalanceSat, askedSat, curve],
  );
  if (points.length === 0) {
    return (
      <ChartView
        make={valueOfBalance}
        data={data}
        empty="The value of other balances appears once the channel's demand is forecast."
      />
    );
  }
  const nearest = points.reduce((a, b) =>
    Math.abs(b.local_sat - askedSat) < Math.abs(a.local_sat - askedSat) ? b : a
  );
  return (
    <ChartView make={valueOfBalance} data={data}>
      <label class="slider">
        What if the local balance were
        <input
          type="range"
          min={0}
          max={points[points.length - 1].local_sat}
          step={Math.max(1, Math.round(capacitySat / 100))}
          value={askedSat}
          aria-valuetext={formatSat(askedSat)}
          onInput={(event: Event) => setAsked(Number((event.target as HTMLInputElement).value))}
        />
      </label>
      <p class="answer" aria-live="polite">
        <strong>{formatSat(askedSat)}</strong> ({formatPercent(askedSat / capacitySat, 0)}):{" "}
        {signedSat(Math.round(gainAt(curve, askedSat)))}{" "}
        of expected fees beside today; chance to run short of outbound{" "}
        {formatPercent(nearest.short_outbound, 0)}, of inbound{" "}
        {formatPercent(nearest.short_inbound, 0)}.
      </p>
    </ChartView>
  );
}
