import { DAY_MS } from "../../core/mod.ts";
import type { Suggestion } from "../../protocol/mod.ts";
import type { Store } from "../../store/mod.ts";

/** How long a dismissed pair of channels is not proposed again, in the events' own time. */
const DISMISSED_MS = DAY_MS;

/** What the store's notes of dismissals begin with. */
const NOTE = "dismissed/";

/** Pairs of channels of which the operator wants no suggestion for a while; kept in the store. */
export class Dismissals {
  readonly #until = new Map<string, number>();

  constructor(private readonly store: Pick<Store, "setNote" | "notes" | "dropNotes">) {}

  /** Takes up what holds still, after a start. */
  async recall(nowMs: number): Promise<void> {
    for (const [name, untilMs] of await this.store.notes(NOTE)) {
      this.#until.set(name.slice(NOTE.length), untilMs);
    }
    await this.#forgetExpired(nowMs);
  }

  /** Holds when it resolves. Returns until when. */
  async add(suggestion: Suggestion, nowMs: number): Promise<number> {
    const untilMs = nowMs + DISMISSED_MS, key = pairKey(suggestion);
    await this.store.setNote(NOTE + key, untilMs);
    this.#until.set(key, untilMs);
    await this.#forgetExpired(nowMs);
    return untilMs;
  }

  /** Takes a dismissal back. */
  async remove(suggestion: Suggestion): Promise<void> {
    await this.#forget([pairKey(suggestion)]);
  }

  /** Until when a suggestion is dismissed, Unix ms; undefined where it is not. */
  until(suggestion: Suggestion, nowMs: number): number | undefined {
    const untilMs = this.#until.get(pairKey(suggestion));
    return untilMs !== undefined && untilMs > nowMs ? untilMs : undefined;
  }

  #forgetExpired(nowMs: number): Promise<void> {
    const expired = [...this.#until].filter(([, untilMs]) => untilMs <= nowMs);
    return this.#forget(expired.map(([key]) => key));
  }

  async #forget(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#until.delete(key);
    await this.store.dropNotes(keys.map((key) => NOTE + key));
  }
}

function pairKey({ node, sourceChannel, targetChannel }: Suggestion): string {
  return `${node}/${sourceChannel}/${targetChannel}`;
}
