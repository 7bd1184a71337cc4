import type { ChannelBalance } from "./channel_balance.ts";
import { LIGHT_THEME } from "./theme.ts";

type Balance = Pick<ChannelBalance, "ratio" | "optimal">;

/** `####[##|....]....`: local balance filled, the optimal interval in brackets. */
export function balanceBarText({ ratio, optimal }: Balance, width = 20): string {
  const at = (place: number) => Math.min(width - 1, Math.max(0, Math.floor(place * width)));
  const cells: string[] = Array.from(
    { length: width },
    (_, i) => (i + 0.5) / width <= ratio ? "#" : ".",
  );
  if (optimal !== undefined) {
    const low = at(optimal.low), high = at(optimal.high);
    cells[low] = "[";
    cells[high] = low === high ? "|" : "]";
  }
  return cells.join("");
}

const WIDTH = 600;

/**
 * The same as a picture: local balance filled from the left, the optimal interval as a frame.
 *
 * @param says what one sees, for screen readers; plain text without markup
 * @returns an SVG document
 */
export function balanceBarSvg({ ratio, optimal }: Balance, says: string): string {
  const { neutral, grid, fine } = LIGHT_THEME;
  const x = (share: number) => Math.round(share * WIDTH * 10) / 10;
  const bar = (width: number, fill: string) =>
    `<rect x="0" y="6" width="${width}" height="16" fill="${fill}"/>`;
  const frame = optimal === undefined
    ? ""
    : `<rect x="${x(optimal.low)}" y="2" width="${
      Math.max(3, x(optimal.high) - x(optimal.low))
    }" height="24" rx="2" fill="none" stroke="${fine}" stroke-width="3"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 ${WIDTH + 4} 28" role="img">` +
    `<title>${says}</title>${bar(WIDTH, grid)}${bar(x(ratio), neutral)}${frame}</svg>`;
}
