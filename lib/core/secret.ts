import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A new secret of 256 bits, in hexadecimal. The one place where chance has no seed. */
export function makeSecret(): string {
  return randomBytes(32).toString("hex");
}

/** Compares in a time that tells nothing of where the two differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
