/** Names held by one generation; the window remembers between one and two of them. */
export const GENERATION_SIZE = 1_000_000;

/**
 * Remembers the newest event names, in bounded memory: two generations of 64-bit fingerprints with
 * open addressing. When the younger one is full it becomes the older one. The chance that a new
 * name is taken for a known one is below 2 * 10^6 / 2^64, about 1e-13.
 */
export class EventWindow {
  #young: FingerprintSet;
  #old: FingerprintSet;

  /** @param generationSize names in a generation, 1 or more */
  constructor(readonly generationSize = GENERATION_SIZE) {
    this.#young = new FingerprintSet();
    this.#old = new FingerprintSet();
  }

  /** Adds a name. False when it was there. */
  add(name: string): boolean {
    const [high, low] = fingerprint(name);
    if (this.#old.has(high, low)) return false;
    if (this.#young.count >= this.generationSize && !this.#young.has(high, low)) {
      this.#old = this.#young;
      this.#young = new FingerprintSet();
    }
    return this.#young.add(high, low);
  }
}

class FingerprintSet {
  /** Two words a slot; both 0 where it is free. At most half of the slots are taken. */
  #words = new Uint32Array(2 * 16);
  count = 0;

  has(high: number, low: number): boolean {
    const at = this.#find(high, low);
    return this.#words[at] !== 0 || this.#words[at + 1] !== 0;
  }

  add(high: number, low: number): boolean {
    const at = this.#find(high, low);
    if (this.#words[at] !== 0 || this.#words[at + 1] !== 0) return false;
    this.#words[at] = high;
    this.#words[at + 1] = low;
    this.count++;
    if (this.count * 4 > this.#words.length) this.#grow();
    return true;
  }

  /** Index of the fingerprint, or of the free place where it belongs. */
  #find(high: number, low: number): number {
    const mask = this.#words.length / 2 - 1;
    let slot = low & mask;
    while (true) {
      const at = 2 * slot;
      const h = this.#words[at], l = this.#words[at + 1];
      if ((h === 0 && l === 0) || (h === high && l === low)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const before = this.#words;
    this.#words = new Uint32Array(before.length * 2);
    for (let i = 0; i < before.length; i += 2) {
      if (before[i] === 0 && before[i + 1] === 0) continue;
      const at = this.#find(before[i], before[i + 1]);
      this.#words[at] = before[i];
      this.#words[at + 1] = before[i + 1];
    }
  }
}

/** Two independent 32-bit hashes of a text; never both 0. */
function fingerprint(text: string): [number, number] {
  let a = 0x811c9dc5, b = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b + code, 0x85ebca6b);
    b ^= b >>> 15;
  }
  a = mix(a ^ text.length);
  b = mix(b);
  return [a === 0 && b === 0 ? 1 : a, b];
}

/** Final mixing of MurmurHash3: every bit of the input changes half of the output's. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
