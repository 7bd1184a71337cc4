// @ts-types="./std_csv.d.ts"
import { stringify } from "@std/csv";
import { csvBatches } from "./csv_batches.ts";
import { InputError } from "./errors.ts";
import { AtomicFile, damagedGzip, GzipFile, openMaybeGzip, type WholeFile } from "./files.ts";

/** One record of a CSV file. */
export interface CsvRecord {
  /** 1-based line on which the record starts; the header is line 1. */
  line: number;
  /** Field by column name, as text. */
  row: Record<string, string>;
}

/** Header and records of a CSV file. */
export interface CsvFile {
  columns: string[];
  records: AsyncIterable<CsvRecord>;
}

/**
 * Opens a CSV file (plain or gzip) with a header. Records are streamed; column order is free.
 *
 * @param onFault told of a record with another number of fields than the header, which is passed
 *   over then; without it such a record is thrown while iterating
 * @throws {InputError} for a missing or empty file, a file that is no CSV, a repeated column name
 */
export async function openCsv(
  path: string,
  onFault: (record: CsvRecord, fault: InputError) => void = (_, fault) => {
    throw fault;
  },
): Promise<CsvFile> {
  const text = (await openMaybeGzip(path)).pipeThrough(new TextDecoderStream());
  const batches = csvBatches(text);
  const next: NextBatch = async (line) => {
    try {
      return (await batches.next()).value;
    } catch (error) {
      throw error instanceof SyntaxError ? quoteError(error, path, line) : damagedGzip(path, error);
    }
  };
  const close = async () => void await batches.return(undefined);
  try {
    const [header, ...first] = await next(1) ?? [[]];
    const columns = columnsOf(header, path);
    return { columns, records: recordsOf({ path, columns, first, next, close, onFault }) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Reads the next records, of which the first is said to begin on a line; undefined after the last. */
type NextBatch = (line: number) => Promise<string[][] | undefined>;

/** What the library says of a quote, with the line of the file; it counts lines from where it began. */
function quoteError({ message }: SyntaxError, file: string, recordLine: number): InputError {
  const [, from, at, what] = /line (\d+); parse error on line (\d+), (.*)$/.exec(message) ??
    ["", "0", "0", message];
  const line = recordLine + Number(at) - Number(from);
  return new InputError({ file, line, found: what, expected: "a CSV record" });
}

/** Names of columns of a header. */
function columnsOf(header: readonly string[], file: string): string[] {
  const columns = header.map((name) => name.trim().replace(/^\ufeff/, ""));
  if (columns.length === 0 || /[\0\ufffd\r]/.test(columns.join()) || /^\s*[{[]/.test(columns[0])) {
    const found = columns.join(",").slice(0, 40);
    throw new InputError({ file, line: 1, found, expected: "a CSV header" });
  }
  const field = columns.find((name, index) => columns.indexOf(name) !== index);
  if (field !== undefined) {
    throw new InputError({ file, line: 1, field, found: "the column twice", expected: "it once" });
  }
  return columns;
}

/** Records behind the header; empty lines are passed over. */
async function* recordsOf({ path, columns, first, next, close, onFault }: {
  path: string;
  columns: readonly string[];
  first: string[][];
  next: NextBatch;
  close: () => Promise<void>;
  onFault: (record: CsvRecord, fault: InputError) => void;
}): AsyncGenerator<CsvRecord> {
  let line = 2;
  try {
    for (let batch: string[][] | undefined = first; batch !== undefined; batch = await next(line)) {
      for (const value of batch) {
        const start = line++;
        if (value.length === 1 && value[0] === "" && columns.length > 1) continue;
        const row: Record<string, string> = {};
        for (let i = 0; i < value.length; i++) {
          const field = row[columns[i] ?? `field ${i + 1}`] = value[i];
          if (field.includes("\n")) line += field.split("\n").length - 1;
        }
        if (value.length === columns.length) yield { line: start, row };
        else {
          const found = `${value.length} ${value.length === 1 ? "field" : "fields"}`;
          const expected = String(columns.length);
          onFault(
            { line: start, row },
            new InputError({ file: path, line: start, found, expected }),
          );
        }
      }
    }
  } finally {
    await close();
  }
}

/** Text of records as CSV lines ending in `\n` (RFC 4180 quoting), without a header. */
export function csvLines(rows: readonly (readonly unknown[])[]): string {
  return rows.length === 0 ? "" : stringify(rows, { headers: false }).replaceAll("\r\n", "\n");
}

/** Writes a CSV file row by row; it appears under its name when closed, or not at all. */
export class CsvWriter {
  #buffer: unknown[][] = [];
  /** Records written so far. */
  count = 0;
  private constructor(readonly columns: readonly string[], readonly file: WholeFile) {}

  /** Opens `path` and writes the header. A file whose name ends in `.gz` is compressed. */
  static async open(path: string, columns: readonly string[]): Promise<CsvWriter> {
    const plain = await AtomicFile.open(path);
    const file = path.endsWith(".gz") ? new GzipFile(plain) : plain;
    await file.write(csvLines([columns]));
    return new CsvWriter(columns, file);
  }

  /** Adds a record; members that are undefined or null become empty fields. */
  async write(row: Record<string, unknown>): Promise<void> {
    this.#buffer.push(this.columns.map((name) => row[name] ?? ""));
    this.count++;
    if (this.#buffer.length >= 1000) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.file.write(csvLines(this.#buffer));
    this.#buffer = [];
  }

  /** Writes what is buffered and puts the file in place. */
  async close(): Promise<void> {
    await this.#flush();
    await this.file.commit();
  }

  /** Leaves no file. */
  async abort(): Promise<void> {
    await this.file.abort();
  }
}

/**
 * Rows that were refused: with `--skip-invalid` they are collected in `OUTPUT.rejected.csv` (line,
 * reason, then the row as it was); without, the first one ends the command.
 */
export class RejectedRows {
  #rows: { line: number; reason: string; row: Record<string, string> }[] = [];
  constructor(readonly outputPath: string, readonly skip: boolean) {}

  /** Rows refused so far. */
  get count(): number {
    return this.#rows.length;
  }

  /** Where {@linkcode RejectedRows.close} writes. */
  get path(): string {
    return this.outputPath.replace(/(\.csv)?$/, ".rejected.csv");
  }

  /** Runs `parse`; its {@linkcode InputError} is thrown on, or recorded when skipping. */
  attempt<T>(record: CsvRecord, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.refuse(record, error);
      return undefined;
    }
  }

  /** Records what is wrong with a row when skipping, else throws it. For {@linkcode openCsv}. */
  readonly refuse = ({ line, row }: CsvRecord, fault: InputError): void => {
    if (!this.skip) throw fault;
    this.#rows.push({ line, reason: fault.message, row });
  };

  /** Writes the file when anything was refused. Returns its path then. */
  async close(): Promise<string | undefined> {
    if (this.#rows.length === 0) return undefined;
    const columns = [...new Set(this.#rows.flatMap(({ row }) => Object.keys(row)))];
    const writer = await CsvWriter.open(this.path, ["line", "reason", ...columns]);
    for (const { line, reason, row } of this.#rows) await writer.write({ ...row, line, reason });
    await writer.close();
    return this.path;
  }
}
