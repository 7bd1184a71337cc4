/** Places of nodes before any layout has run. */
export interface RadialPositions {
  x: Float64Array;
  y: Float64Array;
  /** Channels of each node. */
  degree: Float64Array;
}

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * Nodes on a spiral by the rank of their number of channels: those with most in the middle, all
 * equally dense. Within the circle of radius 1.
 *
 * @param ends two places of nodes for each channel
 */
export function radialPositions(count: number, ends: ArrayLike<number>): RadialPositions {
  const degree = new Float64Array(count);
  for (let i = 0; i < ends.length; i++) degree[ends[i]]++;
  const order = Array.from({ length: count }, (_, i) => i)
    .sort((a, b) => degree[b] - degree[a] || a - b);
  const x = new Float64Array(count), y = new Float64Array(count);
  order.forEach((node, rank) => {
    const radius = Math.sqrt((rank + 0.5) / count);
    x[node] = radius * Math.cos(rank * GOLDEN_ANGLE);
    y[node] = radius * Math.sin(rank * GOLDEN_ANGLE);
  });
  return { x, y, degree };
}
