// Work on rows: the list of row numbers, scores and derivatives.

// Added to a number below 2^51, this leaves its nearest integer in the low bits.
const ROUND: f64 = 6755399441055744.0;
const ROUND_BITS: i64 = 0x4338000000000000;
const ONE_ROW: i64 = 1 << 40;

@inline
function rounded(x: f64): i64 {
  return reinterpret<i64>(x + ROUND) - ROUND_BITS;
}

export function listRows(list: usize, from: u32, to: u32): void {
  for (let i = from; i < to; i++) store<u32>(list + (<usize>i << 2), i);
}

export function copyRows(list: usize, from: usize, to: usize, count: usize): void {
  memory.copy(list + (to << 2), from, count << 2);
}

// Rows at [from, to) of `list` into `parted`: those in bin `bin` or lower, or in `missingBin`,
// upwards from `from`, the others downwards from the end. `words`: those of the feature's group,
// `shift`: its place in a word. Returns how many went up.
export function partition(words: usize, shift: u32, bin: u32, missingBin: u32, list: usize, parted: usize, from: usize, to: usize): u32 {
  let up = parted + (from << 2);
  let down = parted + ((to - 1) << 2);
  const first = up;
  const end = list + (to << 2);
  for (let p = list + (from << 2); p < end; p += 4) {
    const row = load<u32>(p);
    const found = (load<u32>(words + (<usize>row << 2)) >>> shift) & 255;
    const goesUp = <usize>(<u32>(found <= bin) | <u32>(found == missingBin));
    store<u32>(up, row);
    store<u32>(down, row);
    up += goesUp << 2;
    down -= (goesUp ^ 1) << 2;
  }
  return <u32>((up - first) >>> 2);
}

// Integer gradients into lanes of one.
export function quantise(gradient: usize, lanes: usize, from: usize, to: usize, scale: f64): void {
  for (let i = from; i < to; i++) {
    store<i64>(lanes + (i << 3), rounded(load<f64>(gradient + (i << 3)) * scale) + ONE_ROW);
  }
}

// Integer gradients and second derivatives into pairs of lanes.
export function quantisePairs(gradient: usize, hessian: usize, lanes: usize, from: usize, to: usize, scale: f64, hessianScale: f64): void {
  for (let i = from; i < to; i++) {
    const at = lanes + (i << 4);
    store<i64>(at, rounded(load<f64>(gradient + (i << 3)) * scale) + ONE_ROW);
    store<i64>(at, rounded(load<f64>(hessian + (i << 3)) * hessianScale), 8);
  }
}

// Lowers residuals of listed rows, refreshes their lanes, returns the greatest absolute one.
export function shiftResiduals(residual: usize, lanes: usize, list: usize, from: usize, to: usize, by: f64, scale: f64): f64 {
  let greatest: f64 = 0;
  const end = list + (to << 2);
  for (let p = list + (from << 2); p < end; p += 4) {
    const row = <usize>load<u32>(p);
    const left = load<f64>(residual + (row << 3)) - by;
    store<f64>(residual + (row << 3), left);
    store<i64>(lanes + (row << 3), rounded(left * scale) + ONE_ROW);
    greatest = max(greatest, abs(left));
  }
  return greatest;
}

export function shiftScores(score: usize, list: usize, from: usize, to: usize, by: f64): void {
  const end = list + (to << 2);
  for (let p = list + (from << 2); p < end; p += 4) {
    const at = score + (<usize>load<u32>(p) << 3);
    store<f64>(at, load<f64>(at) + by);
  }
}
