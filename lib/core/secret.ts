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

/** The token of an `Authorization: Bearer TOKEN` header, if it is one. */
export function bearerToken(authorization: string | null | undefined): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
}

/**
 * A text that must not be seen: whatever prints, logs or serialises the object shows `[secret]`.
 *
 * @example
 * ```ts
 * import { Secret } from "../../lib/core/mod.ts";
 * const password = new Secret("hunter2");
 * if (`${password} ${JSON.stringify({ password })}`.includes("hunter2")) throw new Error("seen");
 * if (password.reveal() !== "hunter2") throw new Error("lost");
 * ```
 */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  /** The text itself, for the one place that sends it. */
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return "[secret]";
  }
  toJSON(): string {
    return "[secret]";
  }
  [Symbol.for("Deno.customInspect")](): string {
    return "[secret]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[secret]";
  }
}
