import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { macaroonOf } from "./macaroon_bytes.ts";

/** What a path answers: JSON, or whatever a function does. */
export type MockAnswer =
  | ((body: Record<string, unknown>, response: ServerResponse, url: URL) => unknown)
  | Record<string, unknown>
  | undefined;

/** Answers by method and path, such as `GET /v1/channels`. */
export type MockAnswers = Record<string, MockAnswer>;

export const SELF = `02${"ab".repeat(32)}`;
export const BOB = `03${"b0".repeat(32)}`;
export const CAROL = `02${"ca".repeat(32)}`;
/** To bob, to carol; and one between them. */
export const TO_BOB = "770000000000000001", TO_CAROL = "770000000000000002";
export const FAR = "770000000000000003";

export const policy = (ppm: number, more: Record<string, unknown> = {}) => ({
  time_lock_delta: 40,
  min_htlc: "1000",
  fee_base_msat: "1000",
  fee_rate_milli_msat: String(ppm),
  disabled: false,
  max_htlc_msat: "4950000000",
  ...more,
});

export const channel = (
  chan_id: string,
  remote_pubkey: string,
  local: number,
  more: Record<string, unknown> = {},
) => ({
  active: true,
  remote_pubkey,
  channel_point: `${"ef".repeat(32)}:${chan_id.slice(-1)}`,
  chan_id,
  capacity: "5000000",
  local_balance: String(local),
  remote_balance: String(5_000_000 - local),
  pending_htlcs: [],
  private: false,
  local_chan_reserve_sat: "50000",
  remote_chan_reserve_sat: "50000",
  alias_scids: [],
  ...more,
});

export const edge = (
  channel_id: string,
  [node1_pub, node2_pub]: readonly [string, string],
  more: Record<string, unknown> = {},
) => ({
  ...{ channel_id, node1_pub, node2_pub, capacity: "5000000" },
  node1_policy: policy(100),
  node2_policy: policy(200),
  ...more,
});

/** A forward to carol, `hours` after the year 2024 began. */
export const forward = (hours: number, more: Record<string, unknown> = {}) => {
  const timestamp = 1_704_067_200 + Math.round(hours * 3600);
  return {
    timestamp: String(timestamp),
    timestamp_ns: `${timestamp}000000000`,
    chan_id_in: TO_BOB,
    chan_id_out: TO_CAROL,
    amt_in: "100021",
    amt_out: "100000",
    fee: "21",
    fee_msat: "21000",
    amt_in_msat: "100021000",
    amt_out_msat: "100000000",
    incoming_htlc_id: String(timestamp % 1e6),
    ...more,
  };
};

const EDGES = [edge(TO_BOB, [SELF, BOB]), edge(TO_CAROL, [SELF, CAROL]), edge(FAR, [BOB, CAROL])];

/** A small healthy node with two channels and a few forwards. */
export const HEALTHY: MockAnswers = {
  "GET /v1/state": { state: "SERVER_ACTIVE" },
  "GET /v1/getinfo": {
    identity_pubkey: SELF,
    alias: "mock",
    version: "0.21.2-beta commit=v0.21.2-beta",
    block_height: 900_000,
    synced_to_chain: true,
    synced_to_graph: true,
    chains: [{ chain: "bitcoin", network: "mainnet" }],
  },
  "GET /v1/channels": { channels: [channel(TO_BOB, BOB, 4e6), channel(TO_CAROL, CAROL, 1e5)] },
  [`GET /v1/graph/node/${SELF}`]: { node: null, channels: EDGES.slice(0, 2) },
  "GET /v1/channels/closed": { channels: [] },
  "GET /v1/payments": { payments: [] },
  "GET /v1/invoices": { invoices: [] },
  "POST /v1/switch": ({ start_time = "0", index_offset = 0, num_max_events = 100 }) =>
    switchAnswer([1, 2, 3, 30, 60].map((hours) => forward(hours)), {
      start_time,
      index_offset,
      num_max_events,
    }),
  "GET /v1/graph": {
    nodes: [SELF, BOB, CAROL].map((pub_key) => ({ pub_key, alias: pub_key.slice(2, 6) })),
    edges: EDGES,
  },
};

/** A page of forwards as LND cuts it. */
export function switchAnswer(all: { timestamp: string }[], page: Record<string, unknown>) {
  const rest = all.filter(({ timestamp }) => Number(timestamp) >= Number(page.start_time));
  const from = Number(page.index_offset);
  return { forwarding_events: rest.slice(from, from + Number(page.num_max_events)) };
}

/** An LND over TLS whose answers a test chooses; what it does not know it answers with 404. */
export class MockLnd {
  /** Requests so far, as `GET /v1/channels`. */
  readonly asked: string[] = [];
  #server: ReturnType<typeof createServer>;
  readonly #hanging = new Set<ServerResponse>();

  private constructor(readonly folder: string, public answers: MockAnswers) {
    this.#server = createServer({
      key: Deno.readTextFileSync("tests/fixtures/tls/key.pem"),
      cert: Deno.readTextFileSync("tests/fixtures/tls/cert.pem"),
    }, (request, response) => this.#answer(request, response));
  }

  /** Starts one; `answers` beside those of a healthy node, `undefined` for what it lacks. */
  static async start(answers: MockAnswers = {}): Promise<MockLnd> {
    const folder = await Deno.makeTempDir();
    await Deno.copyFile("tests/fixtures/tls/cert.pem", join(folder, "tls.cert"));
    const reading = macaroonOf([["info", "read"], ["offchain", "read"], ["invoices", "read"]]);
    await Deno.writeFile(join(folder, "lightning-lens.macaroon"), reading);
    const mock = new MockLnd(folder, { ...HEALTHY, ...answers });
    await new Promise<void>((resolve) => mock.#server.listen(0, "127.0.0.1", resolve));
    return mock;
  }

  get restServer(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** Options that lead a command to it. */
  get options(): string[] {
    return ["--lnddir", this.folder, "--restserver", this.restServer, "--data-dir", this.folder];
  }

  async stop(): Promise<void> {
    for (const response of this.#hanging) response.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await Deno.remove(this.folder, { recursive: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#hanging.add(response);
    response.once("close", () => this.#hanging.delete(response));
    let text = "";
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url ?? "/", "https://mock");
    const name = `${request.method} ${url.pathname}`;
    this.asked.push(name);
    const answer = this.answers[name];
    const found = typeof answer === "function"
      ? await answer(text === "" ? {} : JSON.parse(text), response, url)
      : answer;
    if (response.headersSent || response.destroyed || found === HANGING) return;
    if (found === undefined) response.writeHead(404).end('{"code":5,"message":"Not Found"}');
    else response.end(JSON.stringify(found));
  }
}

/** No answer, ever. */
export const HANGING = Symbol("hanging");

/** LND's refusals: an HTTP status, a code and words. */
export const refusing = (status: number, message: string): MockAnswer => (_, response) =>
  void response.writeHead(status).end(JSON.stringify({ code: 2, message, details: [] }));

/** Lines of a stream, which then ends, breaks off, or stays. */
export const lines =
  (texts: (string | object)[], end: "end" | "break" | "stay" = "end"): MockAnswer =>
  (_, response) => {
    for (const text of texts) {
      response.write(typeof text === "string" ? text : `${JSON.stringify(text)}\n`);
    }
    if (end === "end") response.end();
    if (end === "break") setTimeout(() => response.destroy(), 20);
    return HANGING;
  };
