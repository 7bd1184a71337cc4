import { type CsvFile, InputError, type InputPlace, openCsv } from "../../core/mod.ts";

/**
 * Opens a CSV file that must have certain columns.
 *
 * @throws {InputError} naming the first column that is missing
 */
export async function openCsvWith(file: string, columns: readonly string[]): Promise<CsvFile> {
  const csv = await openCsv(file);
  const missing = columns.find((name) => !csv.columns.includes(name));
  if (missing === undefined) return csv;
  throw new InputError({
    file,
    line: 1,
    field: missing,
    found: csv.columns.join(","),
    expected: "a column of this name",
  });
}

/** A whole number, which may be negative; undefined where the field is empty or absent. */
export function optionalWhole(
  row: Record<string, string>,
  name: string,
  place: InputPlace,
): number | undefined {
  const value = row[name];
  if (value === undefined || value === "") return undefined;
  if (/^-?\d{1,20}$/.test(value)) return Number(value);
  throw new InputError({ ...place, field: name, found: value, expected: "a whole number" });
}

/** A whole number, which may be negative. */
export function requiredWhole(
  row: Record<string, string>,
  name: string,
  place: InputPlace,
): number {
  const value = optionalWhole(row, name, place);
  if (value !== undefined) return value;
  throw new InputError({ ...place, field: name, found: "", expected: "a whole number" });
}
