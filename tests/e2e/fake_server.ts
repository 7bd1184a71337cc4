import type { SnapshotView, StreamEvents } from "../../lib/dashboard/app/stream_events.ts";
import { readDashboardFile } from "../../lib/dashboard/mod.ts";

/** No less strict than what the real server sends: everything from the page's own server. */
const STRICT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A server of the page on the loopback, whose stream the test drives. */
export class FakeServer {
  #server?: Deno.HttpServer<Deno.NetAddr>;
  #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  port = 0;
  /** What paths answer beside the stream; a function decides by the address. 404 for others. */
  answers: Record<string, (url: URL) => unknown> = {};
  /** Paths that were posted to. */
  posted: string[] = [];
  /** What was posted along with them, where anything was. */
  bodies: unknown[] = [];
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
    if (pathname === "/api/session" && request.method === "POST") {
      const headers = { "set-cookie": `token=${this.token}; HttpOnly; SameSite=Strict; Path=/` };
      return new Response(null, { status: 204, headers });
    }
    if (pathname === "/api/events") return this.#stream();
    if (request.method === "POST") {
      const body = await request.text();
      if (body !== "") this.bodies.push(JSON.parse(body));
      return this.#act(pathname);
    }
    const url = new URL(request.url);
    const found = Object.entries(this.answers).find(([path]) => pathname.startsWith(path));
    if (found !== undefined) {
      const answer = found[1](url);
      return typeof answer === "string" ? new Response(answer) : Response.json(answer);
    }
    const known = ["/health", "/ready", "/api/performance"].includes(pathname);
    return known
      ? Response.json({ version: "1.0.0", recovered_events: 0 })
      : Response.json({ detail: "there is no such thing" }, { status: 404 });
  }

  /** Dismisses as the real server does; everything else is refused as where execution is off. */
  #act(pathname: string): Response {
    this.posted.push(pathname);
    const [, id, what] = /recommendations\/([^/]+)\/(\w+)$/.exec(pathname) ?? [];
    if (what === "dismiss" || what === "restore") {
      const { recommendations } = this.snapshot;
      const others = recommendations.dismissed.filter((entry) => entry.id !== id);
      const until = "2026-01-10T13:45:00.000Z";
      const dismissed = what === "dismiss" ? [...others, { id, until }] : others;
      this.snapshot = { ...this.snapshot, recommendations: { ...recommendations, dismissed } };
      this.emit("recommendations", this.snapshot.recommendations);
      return Response.json({ until });
    }
    return this.actions[pathname]?.() ??
      Response.json({ detail: "execution is off" }, { status: 409 });
  }

  /** What other paths answer when they are posted to. */
  actions: Record<string, () => Response> = {};

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
