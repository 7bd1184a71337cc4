/** A typed array of one of the kinds that columns of numbers have. */
export type NumberColumn = Float64Array | Int32Array | Uint8Array;

/** `larger`, which now begins with what `column` holds: a column that outgrew its room. */
export function grown<T extends NumberColumn>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
