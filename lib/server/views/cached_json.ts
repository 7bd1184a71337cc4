import { createHash } from "node:crypto";

/** A JSON answer that is encoded once and served many times. */
export interface CachedJson {
  bytes: Uint8Array<ArrayBuffer>;
  /** Strong entity tag of exactly these bytes. */
  etag: string;
}

/** Encodes a value for serving. */
export function cachedJson(value: unknown): CachedJson {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return {
    bytes,
    etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
  };
}
