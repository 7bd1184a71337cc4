/**
 * A hash of a text: FNV-1a over its UTF-16 code units. Its first bits are mixed better than its
 * last. For spreading things, not for secrets.
 *
 * @returns 0 to 2^32 - 1
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
