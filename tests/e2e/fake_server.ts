import type { SnapshotView, StreamEvents } from "../../lib/dashboard/app/api.ts";
import { readDashboardFile } from "../../lib/dashboard/mod.ts";

/** No less strict than what the real server sends: everything from the page's own server. */
const STRICT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A server of the page on the loopback, whose stream the test drives. */
export class FakeServer {
  #server?: Deno.HttpServer<Deno.NetAddr>;
  #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  port = 0;
  /** Required of every caller of the API where it is set. */
  token?: string;

  /** @param snapshot what every stream begins with */
  constructor(public snapshot: SnapshotView) {}

  /** Listens; again on the same port after {@linkcode FakeServer.stop}. */
  start(): void {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: this.port, onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.port = this.#server.addr.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Sends an event to all open streams. */
  emit<E extends keyof StreamEvents>(event: E, data: StreamEvents[E]): void {
    for (const stream of this.#streams) stream.enqueue(encodeEvent(event, data));
  }

  /** Ends all streams and stops listening. */
  async stop(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
    await this.#server?.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const file = await readDashboardFile(pathname);
    if (file !== undefined) {
      return new Response(file.body, {
        headers: { "content-type": file.contentType, "content-security-policy": STRICT_POLICY },
      });
    }
    if (this.token !== undefined && !this.#isKnown(request)) {
      return new Response("token", { status: 401 });
    }
    if (pathname === "/api/session") {
      const headers = { "set-cookie": `token=${this.token}; HttpOnly; SameSite=Strict; Path=/` };
      return new Response(null, { status: 204, headers });
    }
    if (pathname === "/api/events") return this.#stream();
    const known = pathname === "/health" || pathname === "/api/performance";
    return new Response(known ? "{}" : "not found", { status: known ? 200 : 404 });
  }

  #isKnown({ headers }: Request): boolean {
    return headers.get("authorization") === `Bearer ${this.token}` ||
      (headers.get("cookie") ?? "").includes(`token=${this.token}`);
  }

  #stream(): Response {
    let stream: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = controller;
        this.#streams.add(controller);
        controller.enqueue(encodeEvent("snapshot", this.snapshot));
      },
      cancel: () => void this.#streams.delete(stream),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

function encodeEvent(event: string, data: unknown): Uint8Array {
  return new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
