import { z } from "zod";
import { LATEST_UNIX_SECONDS, SECOND_MS } from "../core/mod.ts";

/**
 * Values as LND's REST carries them: 64-bit integers are texts, 32-bit ones numbers; members at
 * their zero value may be missing from dumps of its command-line tool.
 */

/** A 64-bit integer as the text of its digits: for identifiers, which are no amounts. */
export const idText = z.union([
  z.string().regex(/^\d{1,20}$/, "expected a whole number"),
  z.int("expected a whole number, as a text where it is large").min(0).transform(String),
]);

const EXACT = "expected a whole number from 0 to 2^53 - 1";

/** A whole number from 0 to 2^53 - 1, as a number or a text. Others are refused. */
export const exactNumber = z.union([
  z.int(EXACT).min(0, EXACT),
  z.string().regex(/^\d{1,16}$/, EXACT).transform(Number).refine(Number.isSafeInteger, EXACT),
]);

/** As {@linkcode exactNumber}; 0 where it is missing. */
export const exactOrZero = exactNumber.default(0);

/** A limit of 64 bits, which anybody may announce: beyond 2^53 it is as good as none. */
export const limitOrZero = z.union([
  z.number(EXACT).min(0, EXACT),
  z.string().regex(/^\d{1,20}$/, EXACT).transform(Number),
]).transform((value) => Math.min(value, Number.MAX_SAFE_INTEGER)).default(0);

/** Unix seconds of a history; 0 where they are missing, or Go's zero time: the year 1. */
export const unixSeconds = z.union([
  z.int("expected Unix seconds"),
  z.string().regex(/^-?\d{1,16}$/, "expected Unix seconds").transform(Number),
]).transform((seconds) => Math.max(0, seconds))
  .refine((seconds) => seconds <= LATEST_UNIX_SECONDS, "expected seconds since 1970")
  .default(0);

/** Nanoseconds since 1970: Unix milliseconds, rounded down; 0 for Go's zero time. */
export const nanoTime = z.union([
  z.string().regex(/^-?\d{1,20}$/, "expected nanoseconds")
    .transform((text) => Number(BigInt(text) / 1_000_000n)),
  z.number().transform((ns) => Math.floor(ns / 1e6)),
]).transform((timeMs) => Math.max(0, timeMs)).refine(
  (timeMs) => timeMs <= LATEST_UNIX_SECONDS * SECOND_MS,
  "expected nanoseconds",
);

/** A list; some writers leave empty ones out, or have null in their place. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).nullish().transform((list) => list ?? []);
}

/** One of the names that are known; names that later versions may add count as `other`. */
export function nameOf<const Name extends string>(names: readonly Name[], other: NoInfer<Name>) {
  return z.enum(names).catch(other);
}

/** Bytes in base64 as hexadecimal. */
export const hexOfBase64 = z.string().transform((text) => hexFromBase64(text));

/** Bytes in base64, plain or URL-safe, as hexadecimal. */
export function hexFromBase64(text: string): string {
  return Uint8Array.fromBase64(text.replaceAll("-", "+").replaceAll("_", "/")).toHex();
}

/** Hexadecimal as base64, as bodies have it. */
export function base64FromHex(hex: string): string {
  return Uint8Array.fromHex(hex).toBase64();
}

/** Hexadecimal as URL-safe base64, as paths have it. */
export function base64UrlFromHex(hex: string): string {
  return Uint8Array.fromHex(hex).toBase64({ alphabet: "base64url" });
}
