import { request as httpsRequest } from "node:https";
import type { ClientRequest, IncomingMessage } from "node:http";
import {
  InputError,
  LensError,
  MINUTE_MS,
  RefusedError,
  SECOND_MS,
  type Secret,
  systemClock,
  UnreachableError,
} from "../core/mod.ts";
import { connectionError, refusalError } from "./lnd_faults.ts";
import { lndAgent, type LndEndpoint } from "./lnd_endpoint.ts";

/** An answer must begin within this time, except on streams, which may have nothing to say. */
const ANSWER_MS = 60 * SECOND_MS;
/** Long answers take small machines longer to put together. */
const LONG_ANSWER_MS = 5 * MINUTE_MS;
/** Probes that find out that the other side is gone without a word. */
const KEEP_ALIVE_MS = 30 * SECOND_MS;
/** How LND says that it does not have what was asked for. */
const NOT_THERE = /not found|unable to find|isn't initiated|marked as zombie/i;
/** Characters of an answer that is no JSON that are kept to show. */
const SHOWN = 80;

/** Where an LND is and what it lets us do. */
export interface LndAccess extends LndEndpoint {
  /** Hexadecimal. Left out for the few questions that need none. */
  macaroon?: Secret;
  /** No more than so long without a word, but on streams; the defaults when left out. */
  silenceMs?: number;
}

type Method = "GET" | "POST" | "DELETE";

/**
 * Requests to LND's REST interface. Connections are kept; the only certificate that is accepted is
 * the one given. All failures come out as errors with a sentence for the user.
 */
export class LndConnection {
  readonly address: string;
  #agent: ReturnType<typeof lndAgent>;

  constructor(private readonly access: LndAccess) {
    this.address = access.address;
    this.#agent = lndAgent(access);
  }

  /** The JSON of an answer. */
  async get(path: string): Promise<unknown> {
    return this.#value(await this.text("GET", path), path);
  }

  /** As {@linkcode LndConnection.get}; undefined where LND says that there is no such thing. */
  async find(path: string): Promise<unknown> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof LensError && NOT_THERE.test(error.message)) return undefined;
      throw error;
    }
  }

  async post(path: string, body: unknown): Promise<unknown> {
    return this.#value(await this.text("POST", path, body), path);
  }

  async delete(path: string): Promise<unknown> {
    return this.#value(await this.text("DELETE", path), path);
  }

  /** The text of an answer in pieces as they arrive, for answers too long to hold. */
  async *pieces(path: string): AsyncGenerator<string> {
    try {
      const silenceMs = this.access.silenceMs ?? LONG_ANSWER_MS;
      const response = await this.#answer(this.#send("GET", path), path, silenceMs);
      yield* piecesOf(response, silenceMs);
    } catch (error) {
      throw this.#lost(error);
    }
  }

  /** The whole text of an answer. */
  async text(method: Method, path: string, body?: unknown): Promise<string> {
    try {
      const request = this.#send(method, path, body);
      const silenceMs = this.access.silenceMs ?? ANSWER_MS;
      return await textOf(await this.#answer(request, path, silenceMs), silenceMs);
    } catch (error) {
      throw this.#lost(error);
    }
  }

  /**
   * The messages of a stream, until it ends or the signal does.
   *
   * @param onSent called once the request is on its way: some streams say nothing for hours
   */
  async *stream(
    method: Method,
    path: string,
    options: { body?: unknown; signal?: AbortSignal; onSent?: () => void } = {},
  ): AsyncGenerator<unknown> {
    const { signal } = options;
    if (signal?.aborted) return;
    const request = this.#send(method, path, options.body);
    if (options.onSent) request.once("finish", options.onSent);
    const aborted = new Error("aborted");
    let response: IncomingMessage | undefined;
    const hangUp = () => {
      // Before there is an answer, destroying alone tells nobody who waits for it.
      request.emit("error", aborted);
      request.destroy();
      response?.destroy();
    };
    signal?.addEventListener("abort", hangUp, { once: true });
    try {
      response = await this.#answer(request, path);
      for await (const line of linesOf(response)) {
        const message = this.#json(line, path);
        const fault = memberOf(message, "error");
        if (fault !== undefined) throw begun(this.#refusal(response.statusCode ?? 0, fault, path));
        yield memberOf(message, "result");
      }
    } catch (error) {
      if (signal?.aborted) return;
      throw this.#lost(error);
    } finally {
      signal?.removeEventListener("abort", hangUp);
      request.destroy();
    }
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#agent.destroy();
  }

  #send(method: Method, path: string, body?: unknown): ClientRequest {
    const { host, port, socketPath, certificate, macaroon } = this.access;
    const request = httpsRequest({
      ...(socketPath === undefined ? { host, port } : { socketPath, servername: "localhost" }),
      method,
      path,
      agent: this.#agent,
      ca: certificate,
      headers: macaroon === undefined ? {} : { "Grpc-Metadata-macaroon": macaroon.reveal() },
    });
    // Without a listener a late error would end the program.
    request.on("error", () => {});
    request.once("socket", (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
    if (body === undefined) request.end();
    else request.end(JSON.stringify(body));
    return request;
  }

  async #answer(request: ClientRequest, path: string, waitMs?: number): Promise<IncomingMessage> {
    const response = await responseOf(request, waitMs);
    const status = response.statusCode ?? 0;
    if (status === 200) return response;
    const text = await textOf(response, waitMs ?? ANSWER_MS);
    let fault: unknown;
    try {
      const value: unknown = JSON.parse(text);
      fault = memberOf(value, "error") ?? value;
    } catch {
      fault = { message: text.slice(0, SHOWN) };
    }
    throw this.#refusal(status, fault, path);
  }

  #lost(error: unknown): LensError {
    if (error instanceof LensError) return error;
    // The system's own time: that is what certificates are held against.
    const timeMs = systemClock.nowMs();
    return connectionError(error, this.address, { certificate: this.access.certificate, timeMs });
  }

  #refusal(status: number, fault: unknown, path: string): LensError {
    const message = memberOf(fault, "message");
    return refusalError({ status, message: String(message ?? "") }, this.address, path);
  }

  /** What a text says; a refusal may come with any status. */
  #value(text: string, path: string): unknown {
    const value = this.#json(text, path);
    const fault = memberOf(value, "error") ?? value;
    if (memberOf(fault, "code") === undefined || memberOf(fault, "message") === undefined) {
      return value;
    }
    throw this.#refusal(200, fault, path);
  }

  #json(text: string, path: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw new InputError({
        file: this.address,
        field: path,
        found: text.slice(0, SHOWN),
        expected: "a whole JSON text (the answer broke off, or another program gave it)",
      });
    }
  }
}

/** A stream that had begun may have done something, whatever it refuses now. */
function begun(refusal: LensError): LensError {
  return refusal instanceof RefusedError ? new UnreachableError(refusal.message) : refusal;
}

function responseOf(request: ClientRequest, waitMs?: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = waitMs === undefined ? undefined : setTimeout(() => {
      reject(silence(waitMs));
      request.destroy();
    }, waitMs);
    request.once("response", (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.once("close", () => {
      clearTimeout(timer);
      reject(new Error("the connection was closed before an answer"));
    });
  });
}

async function textOf(response: IncomingMessage, silenceMs: number): Promise<string> {
  let text = "";
  for await (const piece of piecesOf(response, silenceMs)) text += piece;
  return text;
}

/** @param silenceMs it breaks off when nothing came for so long; it may be silent when left out */
async function* piecesOf(
  response: IncomingMessage,
  silenceMs?: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const hangUp = () => response.destroy(silence(silenceMs ?? 0));
  const listen = () => silenceMs === undefined ? undefined : setTimeout(hangUp, silenceMs);
  let timer = listen();
  try {
    for await (const chunk of response) {
      clearTimeout(timer);
      yield decoder.decode(chunk, { stream: true });
      timer = listen();
    }
  } finally {
    clearTimeout(timer);
  }
  yield decoder.decode();
}

function silence(waitedMs: number): Error {
  return new Error(`no answer within ${waitedMs / SECOND_MS} s`);
}

/** Lines as they become whole; an empty one is nothing. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of piecesOf(response)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield line;
  }
  if (rest.trim() !== "") yield rest;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
