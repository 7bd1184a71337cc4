/**
 * Names on the wire are snake_case, inside the program camelCase; `timestamp` (ISO 8601) on the
 * wire is `timeMs` inside. These two types and functions are the only place that knows.
 */

/** The inside name of a wire name. */
export type CamelName<S extends string> = S extends "timestamp" ? "timeMs"
  : S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelName<Tail>>}`
  : S;

/** A wire type with inside names, all the way down. */
export type Camel<T> = T extends readonly (infer U)[] ? Camel<U>[]
  : T extends object ? { [K in keyof T as K extends string ? CamelName<K> : K]: Camel<T[K]> }
  : T;

/** Renames the members of a parsed wire value, all the way down. */
export function camelNames<T>(value: T): Camel<T> {
  return rename(value, camelName) as Camel<T>;
}

/** Renames the members of an inside value for the wire. */
export function snakeNames(value: unknown): unknown {
  return rename(value, snakeName);
}

const camelCache = new Map<string, string>();
const snakeCache = new Map<string, string>();

function camelName(name: string): string {
  return cached(
    camelCache,
    name,
    () =>
      name === "timestamp"
        ? "timeMs"
        : name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  );
}

function snakeName(name: string): string {
  return cached(
    snakeCache,
    name,
    () =>
      name === "timeMs"
        ? "timestamp"
        : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}

function cached(cache: Map<string, string>, key: string, make: () => string): string {
  let value = cache.get(key);
  if (value === undefined) {
    value = make();
    // Names come from schemas, but unknown members are kept: bound what strangers can make us hold.
    if (cache.size < 10_000) cache.set(key, value);
  }
  return value;
}

function rename(value: unknown, name: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, name));
  if (value === null || typeof value !== "object") return value;
  const out: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) out[name(key)] = rename(member, name);
  return out;
}
