/**
 * Expected ways for a command to end badly. Each class is one meaning and one exit code; the
 * message says what was being done, what was found (quoted) and where; data is in named fields.
 */

/** Exit codes of every command. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  input: 3,
  unreachable: 4,
  refused: 5,
} as const;

/** Base of all errors that are shown to the user as one line, without a stack. */
export class LensError extends Error {
  override name = "LensError";
  /** Exit code of the process when this error ends it. */
  readonly exitCode: number = EXIT.failed;
}

/** The command line, an option or its combination is wrong. */
export class UsageError extends LensError {
  override name = "UsageError";
  override readonly exitCode = EXIT.usage;
}

/** Where in an input a fault was found. All members are optional; what is known is shown. */
export interface InputPlace {
  /** Path or name of the source. */
  file?: string;
  /** 1-based line. */
  line?: number;
  /** Column or member name. */
  field?: string;
}

/** What was found and what was expected at an {@linkcode InputPlace}. */
export interface InputFault extends InputPlace {
  found?: unknown;
  expected: string;
}

/** Input data is wrong. The message reads `file:line: field: found "x", expected y`. */
export class InputError extends LensError {
  override name = "InputError";
  override readonly exitCode = EXIT.input;
  constructor(readonly fault: InputFault) {
    super(describeFault(fault));
  }
}

/** A peer (node, simulation, store, server) can't be reached. */
export class UnreachableError extends LensError {
  override name = "UnreachableError";
  override readonly exitCode = EXIT.unreachable;
}

/** Refused for safety: a limit, a lock or a missing switch. */
export class RefusedError extends LensError {
  override name = "RefusedError";
  override readonly exitCode = EXIT.refused;
}

/** `file:line: field: found "x", expected y`, leaving out what is unknown. */
export function describeFault(fault: InputFault): string {
  const place = fault.file === undefined
    ? (fault.line === undefined ? "" : `line ${fault.line}: `)
    : `${fault.file}${fault.line === undefined ? "" : `:${fault.line}`}: `;
  const field = fault.field === undefined ? "" : `${fault.field}: `;
  const found = "found" in fault ? `found ${quote(fault.found)}, ` : "";
  return `${place}${field}${found}expected ${fault.expected}`;
}

/** A value as it is shown in messages: JSON, cut at 80 characters. */
export function quote(value: unknown): string {
  const text = value === undefined
    ? "nothing"
    : typeof value === "number"
    ? String(value)
    : JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Whether the operating system refused something: a full disk, a folder that can't be written. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^E[A-Z0-9]+$/.test(error.code);
}

/** What an error says; of what is no Error, its text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
