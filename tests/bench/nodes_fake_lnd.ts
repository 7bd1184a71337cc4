/**
 * An LND that has nothing but a long history and a large graph, for benchmarks: run as a process of
 * its own, so that its memory and time are not the lens's. Prints its port.
 *
 *     deno run -A tests/bench/nodes_fake_lnd.ts FORWARDS GRAPH_NODES GRAPH_CHANNELS
 */
import { createServer } from "node:https";

const [forwards, graphNodes, graphChannels] = Deno.args.map(Number);
const NODE_ID = `02${"ab".repeat(32)}`;
const START_S = 1_700_000_000;
/** One forward every so many seconds. */
const EVERY_S = 13;
const CHANNELS = 200;

const channelId = (i: number) => String(770_000_000_000_000_000n + BigInt(i) * 65_536n);
const nodeKey = (i: number) => `03${i.toString(16).padStart(64, "0")}`;

function forward(i: number): string {
  const timeS = START_S + i * EVERY_S;
  const amount = 1_000_000 + (i * 7919) % 900_000_000;
  return `{"timestamp":"${timeS}","chan_id_in":"${channelId(i % CHANNELS)}","chan_id_out":"${
    channelId((i * 31 + 1) % CHANNELS)
  }","amt_in":"${Math.floor((amount + 1500) / 1000)}","amt_out":"${
    Math.floor(amount / 1000)
  }","fee":"1","fee_msat":"1500","amt_in_msat":"${
    amount + 1500
  }","amt_out_msat":"${amount}","timestamp_ns":"${timeS}000000000","peer_alias_in":"","peer_alias_out":"","incoming_htlc_id":"${i}","outgoing_htlc_id":"${i}"}`;
}

function forwardsAnswer(body: string): string {
  const { start_time, index_offset, num_max_events } = JSON.parse(body);
  const first = Math.max(0, Math.ceil((Number(start_time) - START_S) / EVERY_S)) + index_offset;
  const last = Math.min(forwards, first + num_max_events);
  const events: string[] = [];
  for (let i = first; i < last; i++) events.push(forward(i));
  return `{"forwarding_events":[${events.join(",")}],"last_offset_index":${events.length}}`;
}

const FEATURES = JSON.stringify(Object.fromEntries(
  [0, 5, 7, 8, 12, 14, 17, 23, 27, 45, 47, 51].map((
    bit,
  ) => [bit, { name: `feature-number-${bit}`, is_required: false, is_known: true }]),
));

function graphAnswer(): string {
  const nodes: string[] = [], edges: string[] = [];
  for (let i = 0; i < graphNodes; i++) {
    nodes.push(
      `{"last_update":1795345032,"pub_key":"${
        nodeKey(i)
      }","alias":"node ⚡ ${i}","addresses":[{"network":"tcp","addr":"10.0.0.1:9735"}],"color":"#3399ff","features":${FEATURES},"custom_records":{}}`,
    );
  }
  const policy = (i: number) =>
    `{"time_lock_delta":${40 + i % 100},"min_htlc":"1000","fee_base_msat":"${
      i % 1000
    }","fee_rate_milli_msat":"${
      (i * 37) % 2000
    }","disabled":false,"max_htlc_msat":"990000000","last_update":1795345032,"custom_records":{},"inbound_fee_base_msat":0,"inbound_fee_rate_milli_msat":0}`;
  for (let i = 0; i < graphChannels; i++) {
    const a = nodeKey(i % graphNodes), b = nodeKey((i * 7 + 1 + (i % graphNodes)) % graphNodes);
    if (a === b) continue;
    edges.push(
      `{"channel_id":"${channelId(i)}","chan_point":"${
        "ab".repeat(32)
      }:0","last_update":1795345032,"node1_pub":"${a}","node2_pub":"${b}","capacity":"1000000","node1_policy":${
        policy(i)
      },"node2_policy":${policy(i + 1)},"custom_records":{}}`,
    );
  }
  return `{"nodes":[${nodes.join(",")}],"edges":[${edges.join(",")}]}`;
}

const graph = graphChannels > 0 ? new TextEncoder().encode(graphAnswer()) : new Uint8Array();
const ANSWERS: Record<string, string> = {
  "/v1/state": `{"state":"SERVER_ACTIVE"}`,
  "/v1/getinfo":
    `{"identity_pubkey":"${NODE_ID}","alias":"fake","version":"0.21.2-beta","block_height":1,"synced_to_chain":true,"synced_to_graph":true,"chains":[{"network":"mainnet"}]}`,
  "/v1/payments": `{"payments":[]}`,
  "/v1/invoices": `{"invoices":[]}`,
};

const server = createServer({
  key: Deno.readTextFileSync("tests/fixtures/tls/key.pem"),
  cert: Deno.readTextFileSync("tests/fixtures/tls/cert.pem"),
}, async (request, response) => {
  const path = (request.url ?? "").split("?")[0];
  let body = "";
  for await (const chunk of request) body += chunk;
  if (path === "/v1/switch") response.end(forwardsAnswer(body));
  else if (path === "/v1/graph") response.end(graph);
  else response.end(ANSWERS[path] ?? "{}");
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") console.log(address.port);
});
