import { formatNumber } from "../core/browser.ts";
import { axis } from "./spec.ts";
import type { ChartStyle } from "./theme.ts";

/** Units by size, the largest first. */
const UNITS = [["BTC", 1e8], ["M sat", 1e6], ["sat", 1]] as const;

/**
 * An axis of balances: all labels are in the one unit that the title names.
 *
 * @param title what is shown, without a unit
 * @param mostSat the largest amount shown
 */
export function satAxis(
  title: string,
  mostSat: number,
  style: ChartStyle,
  options: Record<string, unknown> = {},
) {
  const [unit, size] = UNITS.find(([, size]) => mostSat >= size) ?? UNITS[UNITS.length - 1];
  const { ticks, ...rest } = options as { ticks?: object };
  return axis(`${title} (${unit})`, style, {
    ...rest,
    ticks: { includeBounds: false, callback: (sat: number) => formatNumber(sat / size), ...ticks },
  });
}
