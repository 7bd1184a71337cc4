import { balanceBarSvg, type ChartSpec, renderSvg } from "../charts/mod.ts";
import { formatPercent } from "../core/mod.ts";
import { type Analysis, balanceRatio } from "./analysis.ts";
import { chartBalance } from "./pictures.ts";
import { channelFan, pagedChannels, type PagePictures } from "./report_channels.ts";

/** Size of a fan in a page, CSS pixels: beside many others it says enough when it is small. */
const FAN_SIZE = { widthPx: 640, heightPx: 280 };

/** Pictures of the channels' pages. */
export interface PageDrawings {
  /** SVG documents by the name that the Markdown links. */
  drawings: Map<string, string>;
  picturesOf: PagePictures;
}

/** Draws the balance bar and the forecast fan of every channel that has a page. */
export async function drawPages(analysis: Analysis): Promise<PageDrawings> {
  const drawings = new Map<string, string>();
  const links = new Map<number, string>();
  for (const [index, channel] of pagedChannels(analysis).entries()) {
    const place = index + 1;
    const bar = `bar_${place}`, fan = channelFan(channel);
    const says = `${formatPercent(balanceRatio(channel), 0)} of the capacity is local`;
    drawings.set(bar, balanceBarSvg(chartBalance(channel), says));
    links.set(place, `![balance](${bar})`);
    if (fan === undefined) continue;
    const spec: ChartSpec = { ...fan, ...FAN_SIZE, name: `fan_${place}` };
    drawings.set(spec.name, await renderSvg(spec));
    links.set(place, `![balance](${bar})\n\n![forecast](${spec.name})`);
  }
  return { drawings, picturesOf: (_, place) => links.get(place) ?? "" };
}
