/** Points of an outline from which on it may be a circle: Skia draws one with about 90. */
const CIRCLE_POINTS = 48;
/** How far from a circle's line its points may lie, px. */
const CIRCLE_TOLERANCE_PX = 0.3;

/**
 * Makes the outlines of an SVG short: numbers to a tenth of a pixel, of which no eye sees more, and
 * full circles, which Skia draws as long runs of curves, as two arcs.
 */
export function shortOutlines(body: string): string {
  return body.replace(/ d="([^"]+)"/g, (_, path: string) => {
    const short = path.replace(/\d+\.\d+/g, (n) => String(tenth(Number(n))));
    return ` d="${circle(short) ?? short}"`;
  });
}

/** The same outline as arcs, where it is one circle of curves; undefined otherwise. */
function circle(path: string): string | undefined {
  if (!/^M[^MLCA]*Z?$/.test(path)) return undefined;
  const numbers = (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  const xs = numbers.filter((_, i) => i % 2 === 0), ys = numbers.filter((_, i) => i % 2 === 1);
  if (xs.length < CIRCLE_POINTS) return undefined;
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const x = (left + right) / 2, y = (top + bottom) / 2, radius = (right - left) / 2;
  const isRound = xs.every((_, i) =>
    Math.abs(Math.hypot(xs[i] - x, ys[i] - y) - radius) <= CIRCLE_TOLERANCE_PX
  );
  if (!isRound || xs[0] !== xs.at(-1) || ys[0] !== ys.at(-1)) return undefined;
  const r = tenth(radius), across = tenth(2 * r);
  return `M${tenth(x - r)} ${tenth(y)}a${r} ${r} 0 1 0 ${across} 0a${r} ${r} 0 1 0 -${across} 0Z`;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
