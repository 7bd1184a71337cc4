import type { FlowView } from "./insight_api.ts";

/** A peer on one side: where money came from, or where it went. */
export interface SankeyBox {
  peer: string;
  amountMsat: number;
  /** Top and height in pixels. */
  y: number;
  height: number;
}

/** A band from a box on the left to one on the right; places are those in `sources`, `targets`. */
export interface SankeyBand {
  source: number;
  target: number;
  flow: FlowView;
  /** Where it begins on the left and ends on the right. */
  y0: number;
  y1: number;
  height: number;
}

/** Two columns of boxes with bands between them. */
export interface SankeyLayout {
  sources: SankeyBox[];
  targets: SankeyBox[];
  bands: SankeyBand[];
  heightPx: number;
}

/** Name of what is too small to be drawn apart. */
export const OTHERS = "others";
const GAP_PX = 8;
const LEAST_BOX_PX = 14;

/**
 * Lays flows out: the largest peers of each side apart, the rest together as {@linkcode OTHERS}.
 * Heights are proportional to amounts, but no box is lower than its name.
 *
 * @param most boxes a side, 2 or more
 */
export function layOutSankey(
  flows: readonly FlowView[],
  { most, heightPx }: { most: number; heightPx: number },
): SankeyLayout {
  const merged = mergeSmall(flows, most);
  const sum = merged.reduce((total, { amount_msat }) => total + amount_msat, 0);
  if (sum === 0) return { sources: [], targets: [], bands: [], heightPx: 0 };
  const sources = column(merged, "in_peer", heightPx / sum);
  const targets = column(merged, "out_peer", heightPx / sum);
  const used = new Map<SankeyBox, number>();
  const place = (box: SankeyBox, share: number) => {
    const y = used.get(box) ?? box.y;
    used.set(box, y + box.height * share);
    return y;
  };
  const bands = merged.map((flow) => {
    const source = sources.findIndex(({ peer }) => peer === flow.in_peer);
    const target = targets.findIndex(({ peer }) => peer === flow.out_peer);
    return { source, target, flow };
  }).sort((a, b) => a.source - b.source || a.target - b.target).map((band) => {
    const from = sources[band.source], to = targets[band.target];
    const { amount_msat: amount } = band.flow;
    const shares = [amount / from.amountMsat, amount / to.amountMsat];
    return {
      ...band,
      y0: place(from, shares[0]),
      y1: place(to, shares[1]),
      height: Math.min(from.height * shares[0], to.height * shares[1]),
    };
  });
  const bottom = (boxes: SankeyBox[]) => Math.max(...boxes.map(({ y, height }) => y + height));
  return { sources, targets, bands, heightPx: Math.max(bottom(sources), bottom(targets)) };
}

/** Flows in which all but the largest peers of a side are one. */
function mergeSmall(flows: readonly FlowView[], most: number): FlowView[] {
  const names = (side: "in_peer" | "out_peer") => {
    const sums = new Map<string, number>();
    for (const flow of flows) {
      sums.set(flow[side], (sums.get(flow[side]) ?? 0) + flow.amount_msat);
    }
    const sorted = [...sums].sort((a, b) => b[1] - a[1]).map(([peer]) => peer);
    return new Set(sorted.length <= most ? sorted : sorted.slice(0, most - 1));
  };
  const known = { in_peer: names("in_peer"), out_peer: names("out_peer") };
  const sums = new Map<string, FlowView>();
  for (const flow of flows) {
    const in_peer = known.in_peer.has(flow.in_peer) ? flow.in_peer : OTHERS;
    const out_peer = known.out_peer.has(flow.out_peer) ? flow.out_peer : OTHERS;
    const key = `${in_peer}\n${out_peer}`;
    const sum = sums.get(key) ?? { ...flow, in_peer, out_peer, ...NOTHING };
    sum.count += flow.count;
    sum.amount_msat += flow.amount_msat;
    sum.fees_msat += flow.fees_msat;
    sums.set(key, sum);
  }
  return [...sums.values()];
}

const NOTHING = { count: 0, amount_msat: 0, fees_msat: 0 };

/** The boxes of one side, the largest on top, the others last. */
function column(
  flows: readonly FlowView[],
  side: "in_peer" | "out_peer",
  pxPerMsat: number,
): SankeyBox[] {
  const sums = new Map<string, number>();
  for (const flow of flows) sums.set(flow[side], (sums.get(flow[side]) ?? 0) + flow.amount_msat);
  let y = 0;
  return [...sums]
    .sort((a, b) => Number(a[0] === OTHERS) - Number(b[0] === OTHERS) || b[1] - a[1])
    .map(([peer, amountMsat]) => {
      const box = { peer, amountMsat, y, height: Math.max(LEAST_BOX_PX, amountMsat * pxPerMsat) };
      y += box.height + GAP_PX;
      return box;
    });
}
