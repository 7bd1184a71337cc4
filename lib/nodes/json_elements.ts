const QUOTE = 34, BACKSLASH = 92, OPEN_BRACE = 123, CLOSE_BRACE = 125, OPEN = 91, CLOSE = 93;

/**
 * Takes the text of one JSON object piece by piece and tells of the objects in its arrays, one by
 * one: `{"nodes": [{...}, {...}]}` gives two elements of `nodes`. What is held is one piece and one
 * element, however long the text.
 */
export class JsonElements {
  #text = "";
  #depth = 0;
  #inString = false;
  #stringStart = -1;
  #elementStart = -1;
  #member = "";
  #ended = false;

  /** @param onElement told of each object in an array that is a member of the whole */
  constructor(private readonly onElement: (member: string, element: unknown) => void) {}

  /** @throws {SyntaxError} where an element is no JSON */
  push(piece: string): void {
    const from = this.#text.length;
    this.#text += piece;
    this.#scan(from);
    this.#forget();
  }

  /** Whether the whole object was seen. */
  get ended(): boolean {
    return this.#ended;
  }

  #scan(from: number): void {
    const text = this.#text;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#inString) {
        if (code === QUOTE && !isEscaped(text, i)) this.#endString(i);
      } else if (code === QUOTE) {
        this.#inString = true;
        this.#stringStart = i;
      } else if (code === OPEN_BRACE || code === OPEN) {
        if (this.#depth === 2 && code === OPEN_BRACE) this.#elementStart = i;
        this.#depth++;
      } else if (code === CLOSE_BRACE || code === CLOSE) {
        this.#depth--;
        if (this.#depth === 2 && this.#elementStart >= 0) this.#endElement(i);
        if (this.#depth === 0) this.#ended = true;
      }
    }
  }

  #endString(at: number): void {
    this.#inString = false;
    if (this.#depth === 1) this.#member = this.#text.slice(this.#stringStart + 1, at);
  }

  #endElement(at: number): void {
    this.onElement(this.#member, JSON.parse(this.#text.slice(this.#elementStart, at + 1)));
    this.#elementStart = -1;
  }

  /** Lets go of what was dealt with. */
  #forget(): void {
    const keep = this.#elementStart >= 0
      ? this.#elementStart
      : this.#inString
      ? this.#stringStart
      : this.#text.length;
    this.#text = this.#text.slice(keep);
    this.#stringStart -= keep;
    if (this.#elementStart >= 0) this.#elementStart -= keep;
  }
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(text: string, at: number): boolean {
  let count = 0;
  while (text.charCodeAt(at - 1 - count) === BACKSLASH) count++;
  return count % 2 === 1;
}
