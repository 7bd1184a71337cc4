import { InputError } from "../core/mod.ts";

/** A table of numbers, row by row: the value of row `r` and column `c` is `data[r * columns + c]`. */
export interface Matrix {
  data: Float32Array | Float64Array;
  rows: number;
  columns: number;
}

/**
 * Values that are not below this count as missing: NaN and plus infinity. A tree in ml-cart's form
 * asks `value < split` only, and no such question tells the two apart.
 */
export const MISSING_FROM = Number.MAX_VALUE;

/**
 * A matrix of 64-bit numbers from rows of equal length.
 *
 * @example
 * ```ts
 * import { matrixFromRows } from "../../lib/gbt/mod.ts";
 * const x = matrixFromRows([[1, 2], [3, 4], [5, 6]]);
 * if (x.rows !== 3 || x.columns !== 2) throw new Error("three rows of two columns");
 * ```
 * @throws {InputError} when a row has another length than the first.
 */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, r) => {
    if (row.length !== columns) {
      throw new InputError({
        line: r + 1,
        field: "row",
        found: row.length,
        expected: `${columns} values, as in the first row`,
      });
    }
    data.set(row, r * columns);
  });
  return { data, rows: rows.length, columns };
}

/** The rows of `x` at `indices`, in that order. */
export function takeRows(x: Matrix, indices: ArrayLike<number>): Matrix {
  const { columns } = x;
  const size = indices.length * columns;
  const data = x.data instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] * columns;
    data.set(x.data.subarray(from, from + columns), i * columns);
  }
  return { data, rows: indices.length, columns };
}
