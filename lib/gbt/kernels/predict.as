// Prediction of eight rows side by side: their chains of loads overlap.
//
// A node holds the byte offsets of its left and its right child from the tree's start, that of its
// feature in a row (4 bytes each), its threshold, as wide as the rows' numbers, and at the end its
// value (8 bytes): 24 bytes with 32-bit thresholds, 32 bytes with 64-bit ones. Leaves lead to
// themselves, so that after `depth` questions every row has come to its leaf.

@inline
function step32(tree: usize, node: usize, row: usize): usize {
  const at = tree + node;
  const value = load<f32>(row + <usize>load<u32>(at, 8));
  return <usize>select<u32>(load<u32>(at), load<u32>(at, 4), value < load<f32>(at, 12));
}

@inline
function step64(tree: usize, node: usize, row: usize): usize {
  const at = tree + node;
  const value = load<f64>(row + <usize>load<u32>(at, 8));
  return <usize>select<u32>(load<u32>(at), load<u32>(at, 4), value < load<f64>(at, 16));
}

@inline
function addValue(out: usize, tree: usize, node: usize, valueAt: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(tree + node + valueAt));
}

// Adds a tree's values for `count` rows (a multiple of eight) of 32-bit numbers to `out`.
export function predict32(tree: usize, depth: i32, rows: usize, stride: usize, out: usize, count: usize): void {
  const end = out + (count << 3);
  for (let row = rows; out < end; out += 64, row += stride << 3) {
    let a: usize = 0, b: usize = 0, c: usize = 0, d: usize = 0, e: usize = 0, f: usize = 0, g: usize = 0, h: usize = 0;
    for (let t = 0; t < depth; t++) {
      a = step32(tree, a, row);
      b = step32(tree, b, row + stride);
      c = step32(tree, c, row + 2 * stride);
      d = step32(tree, d, row + 3 * stride);
      e = step32(tree, e, row + 4 * stride);
      f = step32(tree, f, row + 5 * stride);
      g = step32(tree, g, row + 6 * stride);
      h = step32(tree, h, row + 7 * stride);
    }
    addValue(out, tree, a, 16);
    addValue(out + 8, tree, b, 16);
    addValue(out + 16, tree, c, 16);
    addValue(out + 24, tree, d, 16);
    addValue(out + 32, tree, e, 16);
    addValue(out + 40, tree, f, 16);
    addValue(out + 48, tree, g, 16);
    addValue(out + 56, tree, h, 16);
  }
}

// Adds a tree's values for `count` rows (a multiple of eight) of 64-bit numbers to `out`.
export function predict64(tree: usize, depth: i32, rows: usize, stride: usize, out: usize, count: usize): void {
  const end = out + (count << 3);
  for (let row = rows; out < end; out += 64, row += stride << 3) {
    let a: usize = 0, b: usize = 0, c: usize = 0, d: usize = 0, e: usize = 0, f: usize = 0, g: usize = 0, h: usize = 0;
    for (let t = 0; t < depth; t++) {
      a = step64(tree, a, row);
      b = step64(tree, b, row + stride);
      c = step64(tree, c, row + 2 * stride);
      d = step64(tree, d, row + 3 * stride);
      e = step64(tree, e, row + 4 * stride);
      f = step64(tree, f, row + 5 * stride);
      g = step64(tree, g, row + 6 * stride);
      h = step64(tree, h, row + 7 * stride);
    }
    addValue(out, tree, a, 24);
    addValue(out + 8, tree, b, 24);
    addValue(out + 16, tree, c, 24);
    addValue(out + 24, tree, d, 24);
    addValue(out + 32, tree, e, 24);
    addValue(out + 40, tree, f, 24);
    addValue(out + 48, tree, g, 24);
    addValue(out + 56, tree, h, 24);
  }
}
