/**
 * Sorts 32-bit floats ascending, in place; there must be no NaN. Three passes of 11 bits over keys
 * whose order as unsigned integers is that of the numbers: several times as fast as a comparison
 * sort for the sizes that binning sees.
 */
export function sortFloat32(values: Float32Array): void {
  const n = values.length;
  const bits = new Uint32Array(values.buffer, values.byteOffset, n);
  const a = new Uint32Array(n);
  const b = new Uint32Array(n);
  const counts = [new Uint32Array(2048), new Uint32Array(2048), new Uint32Array(1024)];
  for (let i = 0; i < n; i++) {
    const raw = bits[i];
    // Negative numbers: all bits flipped; others: the sign bit.
    const key = (raw ^ ((raw >> 31) | 0x80000000)) >>> 0;
    a[i] = key;
    counts[0][key & 2047]++;
    counts[1][(key >>> 11) & 2047]++;
    counts[2][key >>> 22]++;
  }
  for (const count of counts) startsFromCounts(count);
  scatter(a, b, counts[0], 0);
  scatter(b, a, counts[1], 11);
  scatter(a, b, counts[2], 22);
  for (let i = 0; i < n; i++) {
    const key = b[i];
    bits[i] = key & 0x80000000 ? key ^ 0x80000000 : ~key;
  }
}

function startsFromCounts(counts: Uint32Array): void {
  let start = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i];
    counts[i] = start;
    start += count;
  }
}

function scatter(from: Uint32Array, to: Uint32Array, starts: Uint32Array, shift: number): void {
  for (let i = 0; i < from.length; i++) {
    const key = from[i];
    to[starts[(key >>> shift) & 2047]++] = key;
  }
}
