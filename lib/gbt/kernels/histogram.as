// Histograms. A cell is a 64-bit lane: the count of rows above bit 40, the sum of their integer
// gradients (signed) below, so that one addition carries both. With second derivatives a cell has
// a second lane with their sum. The histogram of a group of four features is 4 x 256 cells.
//
// `words`: bins of the first group of a pass, four features a word, one word a row. `stride`:
// bytes to the next group's words. `lanes`: one lane (two with second derivatives) a row.
// `list`: row numbers, of which places [from, to) are looked at.
//
// A pass takes several groups at once, as many as stay in the first-level cache: the row's number
// and lane are fetched once for all of them.

const GROUP: usize = 8192;

@inline
function add(cell: usize, offset: usize, lane: i64): void {
  store<i64>(cell + offset, load<i64>(cell + offset) + lane);
}

@inline
function addWord(group: usize, word: u32, lane: i64): void {
  add(group + ((word << 3) & 0x7f8), 0, lane);
  add(group + ((word >>> 5) & 0x7f8), 2048, lane);
  add(group + ((word >>> 13) & 0x7f8), 4096, lane);
  add(group + ((word >>> 21) & 0x7f8), 6144, lane);
}

export function fillAll(h: usize, groups: i32, words: usize, stride: usize, lanes: usize, from: usize, to: usize): void {
  if (groups == 5) {
    for (let i = from; i < to; i++) {
      const lane = load<i64>(lanes + (i << 3));
      const at = words + (i << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
      addWord(h + 2 * GROUP, load<u32>(at + 2 * stride), lane);
      addWord(h + 3 * GROUP, load<u32>(at + 3 * stride), lane);
      addWord(h + 4 * GROUP, load<u32>(at + 4 * stride), lane);
    }
  } else if (groups == 4) {
    for (let i = from; i < to; i++) {
      const lane = load<i64>(lanes + (i << 3));
      const at = words + (i << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
      addWord(h + 2 * GROUP, load<u32>(at + 2 * stride), lane);
      addWord(h + 3 * GROUP, load<u32>(at + 3 * stride), lane);
    }
  } else if (groups == 3) {
    for (let i = from; i < to; i++) {
      const lane = load<i64>(lanes + (i << 3));
      const at = words + (i << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
      addWord(h + 2 * GROUP, load<u32>(at + 2 * stride), lane);
    }
  } else if (groups == 2) {
    for (let i = from; i < to; i++) {
      const lane = load<i64>(lanes + (i << 3));
      const at = words + (i << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
    }
  } else {
    for (let i = from; i < to; i++) {
      addWord(h, load<u32>(words + (i << 2)), load<i64>(lanes + (i << 3)));
    }
  }
}

export function fillListed(h: usize, groups: i32, words: usize, stride: usize, lanes: usize, list: usize, from: usize, to: usize): void {
  const end = list + (to << 2);
  if (groups == 5) {
    for (let p = list + (from << 2); p < end; p += 4) {
      const row = <usize>load<u32>(p);
      const lane = load<i64>(lanes + (row << 3));
      const at = words + (row << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
      addWord(h + 2 * GROUP, load<u32>(at + 2 * stride), lane);
      addWord(h + 3 * GROUP, load<u32>(at + 3 * stride), lane);
      addWord(h + 4 * GROUP, load<u32>(at + 4 * stride), lane);
    }
  } else if (groups == 4) {
    for (let p = list + (from << 2); p < end; p += 4) {
      const row = <usize>load<u32>(p);
      const lane = load<i64>(lanes + (row << 3));
      const at = words + (row << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
      addWord(h + 2 * GROUP, load<u32>(at + 2 * stride), lane);
      addWord(h + 3 * GROUP, load<u32>(at + 3 * stride), lane);
    }
  } else if (groups == 3) {
    for (let p = list + (from << 2); p < end; p += 4) {
      const row = <usize>load<u32>(p);
      const lane = load<i64>(lanes + (row << 3));
      const at = words + (row << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
      addWord(h + 2 * GROUP, load<u32>(at + 2 * stride), lane);
    }
  } else if (groups == 2) {
    for (let p = list + (from << 2); p < end; p += 4) {
      const row = <usize>load<u32>(p);
      const lane = load<i64>(lanes + (row << 3));
      const at = words + (row << 2);
      addWord(h, load<u32>(at), lane);
      addWord(h + GROUP, load<u32>(at + stride), lane);
    }
  } else {
    for (let p = list + (from << 2); p < end; p += 4) {
      const row = <usize>load<u32>(p);
      addWord(h, load<u32>(words + (row << 2)), load<i64>(lanes + (row << 3)));
    }
  }
}

@inline
function addPair(cell: usize, pair: v128): void {
  v128.store(cell, v128.add<i64>(v128.load(cell), pair));
}

@inline
function addWordPair(group: usize, word: u32, pair: v128): void {
  addPair(group + ((word << 4) & 0xff0), pair);
  addPair(group + 4096 + ((word >>> 4) & 0xff0), pair);
  addPair(group + 8192 + ((word >>> 12) & 0xff0), pair);
  addPair(group + 12288 + ((word >>> 20) & 0xff0), pair);
}

// With second derivatives: up to two groups a pass.
export function fillPairsListed(h: usize, groups: i32, words: usize, stride: usize, lanes: usize, list: usize, from: usize, to: usize): void {
  const end = list + (to << 2);
  if (groups == 2) {
    for (let p = list + (from << 2); p < end; p += 4) {
      const row = <usize>load<u32>(p);
      const pair = v128.load(lanes + (row << 4));
      const at = words + (row << 2);
      addWordPair(h, load<u32>(at), pair);
      addWordPair(h + 2 * GROUP, load<u32>(at + stride), pair);
    }
  } else {
    for (let p = list + (from << 2); p < end; p += 4) {
      const row = <usize>load<u32>(p);
      addWordPair(h, load<u32>(words + (row << 2)), v128.load(lanes + (row << 4)));
    }
  }
}

export function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}

// Adds `bytes` of lanes at `from` to those at `to`.
export function addLanes(to: usize, from: usize, bytes: usize): void {
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(to + o, v128.add<i64>(v128.load(to + o), v128.load(from + o)));
  }
}

// Takes `bytes` of lanes at `from` off those at `to`.
export function takeLanes(to: usize, from: usize, bytes: usize): void {
  for (let o: usize = 0; o < bytes; o += 16) {
    v128.store(to + o, v128.sub<i64>(v128.load(to + o), v128.load(from + o)));
  }
}
