import { formatPercent, formatSat } from "../../core/browser.ts";
import type { TwinFigures, TwinView } from "./api.ts";
import { signedSat } from "./format.ts";
import type { LiveState } from "./live_state.ts";
import { GainChart } from "./overview.tsx";
import { PlainTable, TileRow, View } from "./section.tsx";
import { gainTile } from "./tiles.tsx";
import { Time } from "./time.tsx";

/** Both twins of a simulation side by side. */
export function SimulationPage({ state }: { state: LiveState }) {
  const { twin, gains } = state;
  if (!twin) {
    return (
      <View name="simulation" title="Simulation">
        <p class="empty">
          No simulation runs in this server. <code>deno task demo</code>{" "}
          runs one beside a twin that gets the same payments and no suggestions: here you would see
          what the suggestions are worth.
        </p>
      </View>
    );
  }
  const note = (
    <p class="note">
      virtual time <Time iso={twin.time} />
    </p>
  );
  return (
    <View name="simulation" title="Simulation" note={note}>
      <TileRow tiles={[gainTile(twin)]} />
      <Twins twin={twin} />
      <div class="charts">
        <GainChart gains={gains} />
      </div>
    </View>
  );
}

const FIGURES: readonly {
  label: string;
  write: (figures: TwinFigures) => string;
  difference: (a: TwinFigures, b: TwinFigures) => string;
}[] = [
  {
    label: "payments",
    write: (f) => f.payments.toLocaleString("en-US"),
    difference: (a, b) => (a.payments - b.payments).toLocaleString("en-US"),
  },
  {
    label: "payments that succeed",
    write: (f) => formatPercent(f.success_rate, 2),
    difference: (a, b) => `${((a.success_rate - b.success_rate) * 100).toFixed(2)} points`,
  },
  ...(["fees_earned_msat", "rebalance_cost_msat", "net_income_msat"] as const).map((name) => ({
    label: {
      fees_earned_msat: "fees earned",
      rebalance_cost_msat: "paid for rebalances",
      net_income_msat: "net income",
    }[name],
    write: (f: TwinFigures) => formatSat(f[name] / 1000),
    difference: (a: TwinFigures, b: TwinFigures) => signedSat((a[name] - b[name]) / 1000),
  })),
];

function Twins({ twin: { lens, baseline } }: { twin: TwinView }) {
  return (
    <section class="panel" aria-labelledby="twins-title">
      <h3 id="twins-title">Both twins since suggestions began</h3>
      <PlainTable label="Both twins">
        <thead>
          <tr>
            <td />
            <th scope="col" class="number">with suggestions</th>
            <th scope="col" class="number">twin without</th>
            <th scope="col" class="number">difference</th>
          </tr>
        </thead>
        <tbody>
          {FIGURES.map(({ label, write, difference }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td class="number" data-label="with suggestions">{write(lens)}</td>
              <td class="number" data-label="twin without">{write(baseline)}</td>
              <td class="number" data-label="difference">{difference(lens, baseline)}</td>
            </tr>
          ))}
        </tbody>
      </PlainTable>
    </section>
  );
}
