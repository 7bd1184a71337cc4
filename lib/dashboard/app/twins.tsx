import { formatPercent, formatSat } from "../../core/browser.ts";
import type { TwinFigures } from "./api.ts";
import { signedSat } from "./format.ts";
import { PlainTable } from "./section.tsx";

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
    difference: (a, b) => signedPoints(a.success_rate - b.success_rate),
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

/** A difference of two ratios: `+0.12 points`, `−0.06 points`. */
function signedPoints(difference: number): string {
  const points = (Math.abs(difference) * 100).toFixed(2);
  const sign = Number(points) === 0 ? "" : difference > 0 ? "+" : "−";
  return `${sign}${points} points`;
}

/** What both twins earned, side by side; the one alone where there is no other. */
export function Twins({ lens, baseline }: { lens: TwinFigures; baseline: TwinFigures | null }) {
  return (
    <section class="panel" aria-labelledby="twins-title">
      <h3 id="twins-title">
        {baseline === null ? "What the operators earned" : "Both twins since suggestions began"}
      </h3>
      <PlainTable label="Both twins">
        <thead>
          <tr>
            <td />
            <th scope="col" class="number">with suggestions</th>
            {baseline === null ? null : (
              <>
                <th scope="col" class="number">twin without</th>
                <th scope="col" class="number">difference</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {FIGURES.map(({ label, write, difference }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td class="number" data-label="with suggestions">{write(lens)}</td>
              {baseline === null ? null : (
                <>
                  <td class="number" data-label="twin without">{write(baseline)}</td>
                  <td class="number" data-label="difference">{difference(lens, baseline)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </PlainTable>
    </section>
  );
}
