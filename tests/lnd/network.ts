import { join } from "node:path";
import { Bitcoin } from "./bitcoin.ts";
import { freePorts, until } from "./processes.ts";
import { TestNode } from "./test_node.ts";

const NAMES = ["alice", "bob", "carol", "dave"] as const;
type Name = typeof NAMES[number];

/** What is in a snapshot: a change of the network below must change it. */
const SNAPSHOT = "network-1";

/** Opener, other end, capacity and what is pushed over, sat: a ring, a parallel channel, a spoke. */
const CHANNELS: readonly [Name, Name, number, number][] = [
  ["alice", "bob", 5_000_000, 0],
  ["alice", "bob", 2_000_000, 1_000_000],
  ["bob", "carol", 5_000_000, 2_500_000],
  ["carol", "alice", 4_000_000, 200_000],
  ["carol", "dave", 3_000_000, 300_000],
];

/**
 * A btcd and four lnd on loopback, each with a folder of its own. The first start opens the
 * channels and keeps a copy of all folders in the cache; later ones begin from that copy.
 */
export class LndNetwork {
  readonly nodes: Record<Name, TestNode>;

  private constructor(
    readonly folder: string,
    readonly bitcoin: Bitcoin,
    readonly lndBinary: string,
    ports: number[],
  ) {
    const node = (name: Name) => {
      const [peers, rpc, rest] = ports.splice(0, 3);
      return new TestNode(name, folder, lndBinary, bitcoin.lndFlags(), { peers, rpc, rest });
    };
    this.nodes = {
      alice: node("alice"),
      bob: node("bob"),
      carol: node("carol"),
      dave: node("dave"),
    };
  }

  /** A running network in a folder of its own, in the same state at every start. */
  static async start(): Promise<LndNetwork> {
    const cache = Deno.env.get("LIGHTNING_LENS_TEST_LND");
    if (cache === undefined) throw new Error("these tests are run by deno task test:lnd");
    const snapshot = join(cache, SNAPSHOT);
    if (!await exists(snapshot)) await makeSnapshot(cache, snapshot);
    for (let tries = 1;; tries++) {
      const network = await LndNetwork.#in(cache);
      try {
        await network.#startFrom(snapshot);
        return network;
      } catch (error) {
        // Somebody else may have taken a port meanwhile: once more, with others.
        await network.stop();
        if (tries === 2) throw error;
      }
    }
  }

  async #startFrom(snapshot: string): Promise<void> {
    await run("cp", ["-r", `${snapshot}/.`, this.folder]);
    await this.#startAll(await Deno.readTextFile(join(snapshot, "mining_address")));
    // A chain whose newest block is old counts as not synced.
    await this.mine(1);
    await this.#connect();
    await this.#ready();
  }

  static async #in(cache: string): Promise<LndNetwork> {
    const folder = await Deno.makeTempDir({ prefix: "lightning-lens-lnd-" });
    await Deno.writeTextFile(join(folder, "none.conf"), "");
    // All at once: a port that is free again may be given twice.
    const [peers, rpc, ...ports] = freePorts(2 + 3 * NAMES.length);
    const bitcoin = new Bitcoin(folder, join(cache, "bin", "btcd"), [peers, rpc]);
    return new LndNetwork(folder, bitcoin, join(cache, "bin", "lnd"), ports);
  }

  /** All channels and coins anew. */
  static async create(cache: string): Promise<{ network: LndNetwork; miningAddress: string }> {
    const network = await LndNetwork.#in(cache);
    const { alice } = network.nodes;
    // Blocks pay to alice, whose address is not known before it runs once.
    await network.bitcoin.start();
    await alice.start();
    const { address } = await alice.get("/v1/newaddress?type=WITNESS_PUBKEY_HASH");
    await alice.stop();
    await network.bitcoin.stop();
    await network.bitcoin.start(address);
    await network.bitcoin.mine(400);
    await network.#startAll();
    await network.mine(1);
    await network.#fund();
    await network.#connect();
    await network.#openChannels();
    await network.#ready();
    return { network, miningAddress: address };
  }

  all(): TestNode[] {
    return Object.values(this.nodes);
  }

  /** Makes blocks and waits until all nodes know them. */
  async mine(blocks: number): Promise<void> {
    await this.bitcoin.mine(blocks);
    const height = await this.bitcoin.height();
    await this.#each("synced", async (node) => {
      const info = await node.get("/v1/getinfo");
      return info.synced_to_chain && info.block_height >= height;
    });
  }

  /** Ids of the channels between two nodes, the larger first. */
  async channelIds(a: Name, b: Name): Promise<string[]> {
    const { channels } = await this.nodes[a].get("/v1/channels");
    return channels
      .filter((c: { remote_pubkey: string }) => c.remote_pubkey === this.nodes[b].nodeId)
      .sort((x: { capacity: string }, y: { capacity: string }) => +y.capacity - +x.capacity)
      .map((c: { chan_id: string }) => c.chan_id);
  }

  /** Waits until no HTLC is under way anywhere. */
  async quiet(): Promise<void> {
    await Promise.all(this.all().map((node) => node.quiet()));
  }

  /** Stops the nodes, then the chain: lnd hangs where its chain goes first. */
  async halt(): Promise<void> {
    await Promise.all(this.all().map((node) => node.stop()));
    await this.bitcoin.stop();
  }

  /** Connects all peers again and waits until all channels can be used, as after a restart. */
  async reconnect(): Promise<void> {
    await this.#connect();
    await this.#ready();
  }

  /** Halts and removes the folder. */
  async stop(): Promise<void> {
    await this.halt();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #startAll(miningAddress?: string): Promise<void> {
    if (miningAddress !== undefined) await this.bitcoin.start(miningAddress);
    await Promise.all(this.all().map((node) => node.start()));
  }

  /** Several coins for each node, so that channels can be opened at once. */
  async #fund(): Promise<void> {
    const amounts: Record<string, string> = {};
    for (const node of this.all()) {
      for (let i = 0; i < 5; i++) {
        const { address } = await node.get("/v1/newaddress?type=WITNESS_PUBKEY_HASH");
        amounts[address] = "20000000";
      }
    }
    await until("coins", () =>
      this.nodes.alice.post("/v1/transactions/many", {
        AddrToAmount: amounts,
        sat_per_vbyte: "5",
      }));
    await this.mine(1);
  }

  async #connect(): Promise<void> {
    for (const [a, b] of CHANNELS) {
      const other = this.nodes[b];
      const addr = { pubkey: other.nodeId, host: `127.0.0.1:${other.ports.peers}` };
      await until(`${a} connected to ${b}`, async () => {
        try {
          await this.nodes[a].post("/v1/peers", { addr, perm: false });
        } catch (error) {
          if (!/already connected/.test(String(error))) throw error;
        }
        return true;
      });
    }
  }

  async #openChannels(): Promise<void> {
    for (const [a, b, capacity, push] of CHANNELS) {
      await until(`channel of ${a} to ${b}`, () =>
        this.nodes[a].post("/v1/channels", {
          node_pubkey: Uint8Array.fromHex(this.nodes[b].nodeId).toBase64(),
          local_funding_amount: String(capacity),
          push_sat: String(push),
          sat_per_vbyte: "5",
          spend_unconfirmed: true,
        }));
    }
    await until(
      "transactions of all channels",
      async () => await this.bitcoin.waitingTransactions() >= CHANNELS.length,
    );
    await this.mine(6);
  }

  /** All channels can be used, and all nodes know them with their terms. */
  async #ready(): Promise<void> {
    await this.#each("channels active", async (node) => {
      const { channels } = await node.get("/v1/channels");
      const own = CHANNELS.filter((names) => names.includes(node.name as Name));
      return channels.length === own.length && channels.every((c: { active: boolean }) => c.active);
    });
    await this.#each("graph complete", async (node) => {
      const { edges } = await node.get("/v1/graph");
      type Edge = Record<"node1_policy" | "node2_policy", { disabled: boolean } | null>;
      return edges.length === CHANNELS.length &&
        edges.every((edge: Edge) =>
          [edge.node1_policy, edge.node2_policy].every((policy) => policy && !policy.disabled)
        );
    });
  }

  async #each(what: string, ready: (node: TestNode) => Promise<boolean>): Promise<void> {
    await Promise.all(
      this.all().map((node) => until(`${node.name}: ${what}`, () => ready(node))),
    );
  }
}

async function makeSnapshot(cache: string, snapshot: string): Promise<void> {
  const { network, miningAddress } = await LndNetwork.create(cache);
  await network.halt();
  await Deno.writeTextFile(join(network.folder, "mining_address"), miningAddress);
  // Copied aside first: a snapshot is whole or not there.
  const aside = `${snapshot}.${Deno.pid}`;
  await run("cp", ["-r", network.folder, aside]);
  await Deno.rename(aside, snapshot);
  await Deno.remove(network.folder, { recursive: true });
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function run(program: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
}
