import { InputError, quote } from "../../core/mod.ts";
import { eventFromUpdate, type LensEvent, parseJsonText } from "../../protocol/mod.ts";
import type { Context } from "hono";
import { UnavailableError } from "../ingest.ts";
import type { LensServer } from "../lens_server.ts";
import { eventChannelKey } from "../state/live_channels.ts";
import { plausible } from "../plausible.ts";
import { inputProblem, problem } from "./problem.ts";

/** A JSON body may be so long; an NDJSON stream has no end, but its lines do. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_LINE_CHARS = 64 * 1024;
/** Lines of a stream that become durable together. */
const LINES_PER_COMMIT = 1000;

interface Tally {
  accepted: number;
  duplicates: number;
  /** Newest channel that an event was about. */
  key?: string;
}

/** `POST /api/update`: one event, an array of them (all or none), or a stream of NDJSON. */
export async function update(server: LensServer, c: Context): Promise<Response> {
  const tally: Tally = { accepted: 0, duplicates: 0 };
  const type = (c.req.header("content-type") ?? "").split(";")[0].trim().toLowerCase();
  try {
    if (type === "application/x-ndjson") await takeLines(server, c.req.raw, tally);
    else if (type === "application/json") await takeBody(server, await c.req.text(), tally);
    else {
      return problem(
        415,
        `content-type: found ${quote(type)}, expected application/json or application/x-ndjson`,
      );
    }
  } catch (error) {
    if (error instanceof InputError) {
      server.metrics.add("events_refused_total");
      if (error.fault.field === "body") return problem(400, error.message);
      return inputProblem(error, type.endsWith("ndjson") ? { accepted: tally.accepted } : {});
    }
    if (error instanceof UnavailableError) {
      return problem(503, error.message, {
        accepted: tally.accepted,
        headers: { "retry-after": "1" },
      });
    }
    throw error;
  }
  return c.json(answer(server, tally));
}

function answer(server: LensServer, { accepted, duplicates, key }: Tally) {
  const known = duplicates === 0 ? "" : `, ${duplicates} known already`;
  const prediction = key === undefined ? null : server.prediction(key)?.optimal_ratio ?? null;
  const why = key === undefined
    ? "no event names a channel"
    : "the channel has too little history for a prediction";
  return {
    status: "success" as const,
    prediction,
    message: `${accepted} stored${known}` + (prediction === null ? `; ${why}` : ""),
    accepted,
    duplicates,
  };
}

async function takeBody(server: LensServer, text: string, tally: Tally): Promise<void> {
  const body = parseJsonText(text, "body");
  const nowMs = server.options.clock.nowMs();
  const events = Array.isArray(body)
    ? body.map((item, i) => plausible(eventFromUpdate(item, nowMs, String(i)), `${i}.`))
    : [plausible(eventFromUpdate(body, nowMs), "")];
  await take(server, events, tally);
}

async function takeLines(server: LensServer, request: Request, tally: Tally): Promise<void> {
  const nowMs = server.options.clock.nowMs();
  // While one run becomes durable the next is read; no more than that is held.
  let storing: Promise<void> = Promise.resolve();
  const store = async (batch: LensEvent[]) => {
    await storing;
    storing = take(server, batch, tally);
    // Whether it worked is asked before the next run, or at the end.
    storing.catch(() => {});
  };
  let batch: LensEvent[] = [];
  let line = 0;
  try {
    for await (const text of lines(request.body)) {
      line++;
      if (text.trim() === "") continue;
      batch.push(plausible(eventFromUpdate(parseLine(text), nowMs), ""));
      if (batch.length < LINES_PER_COMMIT) continue;
      await store(batch);
      batch = [];
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // What came before the faulty line is good and is kept; the sender learns how much that is.
    await store(batch);
    await storing;
    throw new InputError({ ...error.fault, line });
  }
  await store(batch);
  await storing;
}

async function take(server: LensServer, events: LensEvent[], tally: Tally): Promise<void> {
  const { accepted, duplicates } = await server.ingest(events);
  tally.accepted += accepted.length;
  tally.duplicates += duplicates;
  tally.key = events.map(eventChannelKey).findLast((key) => key !== undefined) ?? tally.key;
}

function parseLine(text: string): unknown {
  if (text.length <= MAX_LINE_CHARS) return parseJsonText(text, "line");
  throw new InputError({
    field: "line",
    found: `${text.length} characters`,
    expected: `at most ${MAX_LINE_CHARS}`,
  });
}

async function* lines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (body === null) return;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop()!;
    yield* parts;
    // What is too long already is refused as it is, before more of it is held.
    if (rest.length > MAX_LINE_CHARS) yield rest;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
