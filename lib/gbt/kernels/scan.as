// Search for the best split. The comparisons are those of the plain kernels, operation by
// operation, so that both find the same split.
//
// A record of eight 64-bit floats takes what was found: score, feature (-1: none), bin, whether
// missing values go left, and the left side's count, gradient and second derivative.

const LOW: i64 = (1 << 40) - 1;
const HALF: i64 = 1 << 39;

@inline
function countOf(lane: i64): f64 {
  return <f64>(<u64>(lane + HALF) >>> 40);
}

@inline
function gradientOf(lane: i64): f64 {
  return <f64>(((lane + HALF) & LOW) - HALF);
}

@inline
function write(record: usize, score: f64, feature: i32, bin: i32, missingLeft: i32, count: f64, gradient: f64, hessian: f64): void {
  store<f64>(record, score);
  store<f64>(record, <f64>feature, 8);
  store<f64>(record, <f64>bin, 16);
  store<f64>(record, <f64>missingLeft, 24);
  store<f64>(record, count, 32);
  store<f64>(record, gradient, 40);
  store<f64>(record, hessian, 48);
}

// Sums of the first `bins` cells: count, gradient, second derivative.
export function sumCells(h: usize, bins: i32, pairs: i32, into: usize): void {
  let lane: i64 = 0;
  let second: i64 = 0;
  for (let b = 0; b < bins; b++) {
    lane += load<i64>(h + (<usize>b << (3 + pairs)));
    if (pairs) second += load<i64>(h + (<usize>b << 4), 8);
  }
  store<f64>(into, countOf(lane));
  store<f64>(into, gradientOf(lane), 8);
  store<f64>(into, pairs ? <f64>second : countOf(lane), 16);
}

const LOWS: v128 = i64x2.splat(LOW);
const HALVES: v128 = i64x2.splat(HALF);
// An integer below 2^52 in the low bits of this exponent is a float, 2^52 too large.
const EXPONENTS: v128 = i64x2.splat(0x4330000000000000);
const COUNT_BASES: v128 = f64x2.splat(4503599627370496.0);
const GRADIENT_BASES: v128 = f64x2.splat(4503599627370496.0 + 549755813888.0);

@inline
function counts(sums: v128): v128 {
  return f64x2.sub(v128.or(i64x2.shr_u(sums, 40), EXPONENTS), COUNT_BASES);
}

@inline
function gradients(sums: v128): v128 {
  return f64x2.sub(v128.or(v128.and(sums, LOWS), EXPONENTS), GRADIENT_BASES);
}

// What the search of two nodes at once has found so far, one node in each half.
let bests: v128 = f64x2.splat(0);
let bestCounts: v128 = f64x2.splat(0);
let bestGradients: v128 = f64x2.splat(0);
let featureS = -1, binS = 0, featureL = -1, binL = 0;

// Takes a split that is nearly good enough, or better, in one half or both.
function improve(near: v128, strength: v128, weight: v128, sums: v128, feature: i32, bin: i32): void {
  const score = f64x2.div(strength, weight);
  const better = v128.and(near, f64x2.gt(score, bests));
  bests = v128.bitselect(score, bests, better);
  bestCounts = v128.bitselect(counts(sums), bestCounts, better);
  bestGradients = v128.bitselect(gradients(sums), bestGradients, better);
  if (i64x2.extract_lane(better, 0)) { featureS = feature; binS = bin; }
  if (i64x2.extract_lane(better, 1)) { featureL = feature; binL = bin; }
}

// Takes the smaller child's histogram off the parent's, which becomes the larger child's, and
// searches both at once, one in each half of the vectors: lanes of one, no missing values, no
// constraints. `other`: another thread's part of the smaller child's histogram, or 0. `cells`:
// number of bins by feature with that of missing values, 0 where it takes no part. `start`: score to
// beat.
export function scanTwo(large: usize, small: usize, other: usize, cells: usize, from: i32, to: i32, countS: f64, countL: f64, gradientS: f64, gradientL: f64, startS: f64, startL: f64, minCount: f64, l2: f64, record: usize): void {
  const n = f64x2.replace_lane(f64x2.splat(countS), 1, countL);
  const g = f64x2.replace_lane(f64x2.splat(gradientS), 1, gradientL);
  const least = f64x2.splat(minCount);
  const most = f64x2.sub(n, least);
  const reg = f64x2.splat(l2);
  const shy = f64x2.splat(1.0 - 1e-10);
  bests = f64x2.replace_lane(f64x2.splat(startS), 1, startL);
  bestCounts = n;
  bestGradients = g;
  featureS = featureL = -1;
  // Nearly good enough is told without a division: only then is it worth one.
  let filter = f64x2.mul(bests, shy);
  for (let f = from; f < to; f++) {
    // No value is missing here: their bin is empty.
    const bins = load<i32>(cells + (<usize>f << 2)) - 1;
    if (bins <= 0) continue;
    const end = <usize>bins << 3;
    const hs = small + (<usize>f << 11);
    const hl = large + (<usize>f << 11);
    if (other) {
      const ho = other + (<usize>f << 11);
      for (let o: usize = 0; o < end; o += 16) {
        v128.store(hs + o, i64x2.add(v128.load(hs + o), v128.load(ho + o)));
      }
    }
    let sums = HALVES;
    // Two bins a turn. Where their number is odd, the one beyond is that of missing values: empty.
    for (let o: usize = 0; o < end; o += 16) {
      const own = v128.load(hs + o);
      const rest = i64x2.sub(v128.load(hl + o), own);
      v128.store(hl + o, rest);
      const sumsA = i64x2.add(sums, v128.shuffle<i64>(own, rest, 0, 2));
      sums = i64x2.add(sumsA, v128.shuffle<i64>(own, rest, 1, 3));
      const cA = counts(sumsA), cB = counts(sums);
      const glA = gradients(sumsA), glB = gradients(sums);
      const grA = f64x2.sub(g, glA), grB = f64x2.sub(g, glB);
      const wlA = f64x2.add(cA, reg), wlB = f64x2.add(cB, reg);
      const wrA = f64x2.add(f64x2.sub(n, cA), reg), wrB = f64x2.add(f64x2.sub(n, cB), reg);
      const weightA = f64x2.mul(wlA, wrA), weightB = f64x2.mul(wlB, wrB);
      const strengthA = f64x2.add(f64x2.mul(f64x2.mul(glA, glA), wrA), f64x2.mul(f64x2.mul(grA, grA), wlA));
      const strengthB = f64x2.add(f64x2.mul(f64x2.mul(glB, glB), wrB), f64x2.mul(f64x2.mul(grB, grB), wlB));
      const fitsA = v128.and(f64x2.ge(cA, least), f64x2.le(cA, most));
      const fitsB = v128.and(f64x2.ge(cB, least), f64x2.le(cB, most));
      const nearA = v128.and(fitsA, f64x2.gt(strengthA, f64x2.mul(filter, weightA)));
      const nearB = v128.and(fitsB, f64x2.gt(strengthB, f64x2.mul(filter, weightB)));
      if (v128.any_true(v128.or(nearA, nearB))) {
        const bin = <i32>(o >> 3);
        improve(nearA, strengthA, weightA, sumsA, f, bin);
        improve(nearB, strengthB, weightB, sums, f, bin + 1);
        filter = f64x2.mul(bests, shy);
      }
    }
  }
  const cS = f64x2.extract_lane(bestCounts, 0), cL = f64x2.extract_lane(bestCounts, 1);
  write(record, f64x2.extract_lane(bests, 0), featureS, binS, 0, cS, f64x2.extract_lane(bestGradients, 0), cS);
  write(record + 64, f64x2.extract_lane(bests, 1), featureL, binL, 0, cL, f64x2.extract_lane(bestGradients, 1), cL);
}

// What a search looks for, in memory, as 64-bit floats: the sums of the node (count, gradient,
// second derivative), ends of the interval for values, least count and second derivative, L2,
// the score to beat, whether missing values may go left, whether there are constraints.
@inline
function param(at: usize, index: usize): f64 {
  return load<f64>(at + (index << 3));
}

// Value held within the node's interval.
@inline
function held(params: usize, value: f64): f64 {
  return min(max(value, param(params, 3)), param(params, 4));
}

let best: f64 = 0;

// One pass over the bins of a feature, lowest first. Returns whether a better split was found.
function pass(h: usize, pairs: i32, last: i32, feature: i32, sign: f64, lane: i64, second: i64, missingLeft: i32, params: usize, record: usize): void {
  const n = param(params, 0), g = param(params, 1), h2 = param(params, 2);
  const minCount = param(params, 5), minHessian = param(params, 6), l2 = param(params, 7);
  const isBounded = param(params, 10) != 0;
  for (let b = 0; b <= last; b++) {
    const cell = h + (<usize>b << (3 + pairs));
    lane += load<i64>(cell);
    const c = countOf(lane);
    if (n - c < minCount) return;
    let hl = c;
    if (pairs) {
      second += load<i64>(cell, 8);
      hl = <f64>second;
    }
    if (c < minCount || hl < minHessian || h2 - hl < minHessian) continue;
    const gl = gradientOf(lane);
    const gr = g - gl;
    const wl = hl + l2;
    const wr = h2 - hl + l2;
    let score: f64;
    if (isBounded) {
      const vl = held(params, gl / wl);
      const vr = held(params, gr / wr);
      score = (vr - vl) * sign < 0 ? -1 : vl * (2 * gl - wl * vl) + vr * (2 * gr - wr * vr);
    } else {
      score = (gl * gl * wr + gr * gr * wl) / (wl * wr);
    }
    if (score > best) {
      best = score;
      write(record, score, feature, b, missingLeft, c, gl, hl);
    }
  }
}

// Searches features [from, to) of one node, of any kind. `cells`: number of bins by feature with
// that of missing values, 0 where the feature takes no part; `flags`: by feature, 1 where values
// are missing; `signs`: constraints by feature.
export function scanOne(h: usize, pairs: i32, cells: usize, flags: usize, signs: usize, from: i32, to: i32, params: usize, record: usize): void {
  best = param(params, 8);
  write(record, best, -1, 0, 0, 0, 0, 0);
  for (let f = from; f < to; f++) {
    const bins = load<i32>(cells + (<usize>f << 2));
    if (bins == 0) continue;
    const start = h + (<usize>f << (11 + pairs));
    const sign = <f64>load<i8>(signs + f);
    const edges = bins - 2;
    let lane: i64 = 0;
    let second: i64 = 0;
    if (load<u8>(flags + f)) {
      lane = load<i64>(start + (<usize>(edges + 1) << (3 + pairs)));
      if (pairs) second = load<i64>(start + (<usize>(edges + 1) << 4), 8);
    }
    const isMissing = countOf(lane) > 0;
    pass(start, pairs, isMissing ? edges : edges - 1, f, sign, 0, 0, 0, params, record);
    if (isMissing && param(params, 9) != 0) {
      pass(start, pairs, edges - 1, f, sign, lane, second, 1, params, record);
    }
  }
}
