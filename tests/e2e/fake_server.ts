import { DASHBOARD_CSP, readDashboardFile } from "../../lib/dashboard/mod.ts";

/** What the API of a {@linkcode FakeServer} answers, by path. */
export type FakeAnswers = Record<string, unknown>;

/** A server of the page and of seeded answers on the loopback, whose stream the test drives. */
export class FakeServer {
  #server?: Deno.HttpServer<Deno.NetAddr>;
  #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  port = 0;

  constructor(public answers: FakeAnswers) {}

  /** Listens; again on the same port after {@linkcode FakeServer.stop}. */
  start(): void {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: this.port, onListen: () => {} },
      (request) => this.#answer(new URL(request.url)),
    );
    this.port = this.#server.addr.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Sends an event to all open streams. */
  emit(event: string, data: unknown): void {
    const bytes = new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const stream of this.#streams) stream.enqueue(bytes);
  }

  /** Ends all streams and stops listening. */
  async stop(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
    await this.#server?.shutdown();
  }

  async #answer({ pathname, searchParams }: URL): Promise<Response> {
    const file = await readDashboardFile(pathname);
    if (file !== undefined) {
      return new Response(file.body, {
        headers: { "content-type": file.contentType, "content-security-policy": DASHBOARD_CSP },
      });
    }
    if (pathname === "/api/events") return this.#stream();
    if (!(pathname in this.answers)) return new Response("not found", { status: 404 });
    const answer = this.answers[pathname];
    return Response.json(pathname === "/api/channels" ? page(answer, searchParams) : answer);
  }

  #stream(): Response {
    let stream: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = controller;
        this.#streams.add(controller);
        controller.enqueue(new TextEncoder().encode("event: heartbeat\ndata: {}\n\n"));
      },
      cancel: () => void this.#streams.delete(stream),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

/** Pages of 40 channels, as a real server would cut them. */
function page(items: unknown, search: URLSearchParams): unknown {
  const from = Number(search.get("cursor") ?? 0);
  const all = items as unknown[];
  const next = from + 40 < all.length ? String(from + 40) : null;
  return { items: all.slice(from, from + 40), next };
}
