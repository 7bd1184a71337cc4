/**
 * Amounts. Inside the program amounts are millisatoshis, whole numbers below 2^53 (more than all
 * bitcoin that will ever exist is 2.1e18 msat, but no channel or network total comes near 9e15);
 * users see satoshis. Fee rates are parts per million, ratios 0 to 1.
 */

/** Millisatoshis in one satoshi. */
export const MSAT_PER_SAT = 1000;

/** Milliseconds. */
export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Whole satoshis, rounded down: what a balance is worth to its owner. */
export function msatToSat(amountMsat: number): number {
  return Math.floor(amountMsat / MSAT_PER_SAT);
}

/** Satoshis to millisatoshis. */
export function satToMsat(amountSat: number): number {
  return Math.round(amountSat * MSAT_PER_SAT);
}

// Made once: `toLocaleString` looks for its language at every call.
const NUMBERS = new Intl.NumberFormat("en-US");

/** `12,345.678`: three decimals at most. */
export function formatNumber(value: number): string {
  return NUMBERS.format(value);
}

/** `12,345 sat`; three significant digits are enough for people from a million on (`1.23 M sat`). */
export function formatSat(amountSat: number): string {
  const magnitude = Math.abs(amountSat);
  if (magnitude >= 1e8) return `${trim(amountSat / 1e8)} BTC`;
  if (magnitude >= 1e6) return `${trim(amountSat / 1e6)} M sat`;
  if (magnitude < 10 && !Number.isInteger(amountSat)) return `${amountSat.toFixed(1)} sat`;
  return `${formatNumber(Math.round(amountSat))} sat`;
}

/** `34.5 %` from a ratio. */
export function formatPercent(ratio: number, digits = 1): string {
  return `${(ratio * 100).toFixed(digits)} %`;
}

/** `350 ppm`. */
export function formatPpm(ratePpm: number): string {
  return `${formatNumber(Math.round(ratePpm))} ppm`;
}

/** `1 d 4 h`, `3 h 20 min`, `12 s`: the two largest units. */
export function formatDuration(durationMs: number): string {
  const units: [string, number][] = [
    ["d", DAY_MS],
    ["h", HOUR_MS],
    ["min", MINUTE_MS],
    ["s", SECOND_MS],
  ];
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(durationMs / SECOND_MS)) * SECOND_MS;
  for (const [name, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
    rest -= count * size;
  }
  return parts.join(" ") || "0 s";
}

/** Milliseconds of `2h30m`, `90s`, `1d12h` and the like; undefined for what is no duration. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (parts === null || text === "") return undefined;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

/** `1.5 MB`: powers of 1000, three digits. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes, unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : value.toPrecision(3)} ${units[unit]}`;
}

function trim(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, "");
}
