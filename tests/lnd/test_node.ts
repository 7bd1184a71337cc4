import { join } from "node:path";
import { Secret } from "../../lib/core/mod.ts";
import { type LndAccess, LndConnection } from "../../lib/nodes/mod.ts";
import { Daemon, until } from "./processes.ts";

/** Ports of one lnd. */
export interface LndPorts {
  peers: number;
  rpc: number;
  rest: number;
}

/** How a payment is made in tests. */
export interface TestPayment {
  amountSat: number;
  /** Channels by which it may leave. */
  outgoing?: string[];
}

/** Settings that make lnd quick; none changes what REST answers. */
const QUICK = [
  "--nobootstrap",
  "--bitcoin.defaultchanconfs=1",
  "--trickledelay=50",
  "--gossip.sub-batch-delay=5ms",
  "--caches.rpc-graph-cache-duration=100ms",
  "--minbackoff=100ms",
  "--db.batch-commit-interval=10ms",
  "--keep-failed-payment-attempts",
  "--maxpendingchannels=20",
];

/** One lnd of the test network, with the rights of its owner. */
export class TestNode {
  #daemon: Daemon | undefined;
  #admin: LndConnection | undefined;
  nodeId = "";

  constructor(
    readonly name: string,
    readonly folder: string,
    readonly binary: string,
    readonly chainFlags: string[],
    readonly ports: LndPorts,
  ) {}

  get lndDir(): string {
    return join(this.folder, this.name);
  }

  /** Where lnd keeps its macaroons. */
  get macaroonDir(): string {
    return join(this.lndDir, "data", "chain", "bitcoin", "simnet");
  }

  get restServer(): string {
    return `127.0.0.1:${this.ports.rest}`;
  }

  /** Starts it and waits until it answers all calls. */
  async start(): Promise<void> {
    this.#launch(["--noseedbackup"]);
    await until(`${this.name} ready`, async () => {
      this.#admin?.close();
      this.#admin = new LndConnection(await this.access("admin.macaroon"));
      const { state } = await this.get("/v1/state");
      // Until a new block is found it waits for the chain, and answers all the same.
      return state === "RPC_ACTIVE" || state === "SERVER_ACTIVE";
    });
    this.nodeId = (await this.get("/v1/getinfo")).identity_pubkey;
  }

  /** Starts it as a user's node starts: it waits for its wallet to be made or unlocked. */
  async startLocked(): Promise<void> {
    this.#launch([]);
    await until(`${this.name} answers`, async () => {
      this.#admin?.close();
      this.#admin = new LndConnection(await this.access());
      const { state } = await this.get("/v1/state");
      return state === "NON_EXISTING" || state === "LOCKED";
    });
  }

  async makeWallet(password: string): Promise<void> {
    const { cipher_seed_mnemonic } = await this.get("/v1/genseed");
    const wallet_password = btoa(password);
    await this.post("/v1/initwallet", { wallet_password, cipher_seed_mnemonic });
  }

  #launch(more: string[]): void {
    const { peers, rpc, rest } = this.ports;
    this.#daemon = Daemon.start(this.name, this.folder, this.binary, [
      `--lnddir=${this.lndDir}`,
      `--configfile=${join(this.folder, "none.conf")}`,
      ...this.chainFlags,
      `--alias=${this.name}`,
      `--listen=127.0.0.1:${peers}`,
      `--externalip=127.0.0.1:${peers}`,
      `--rpclisten=127.0.0.1:${rpc}`,
      `--restlisten=127.0.0.1:${rest}`,
      ...QUICK,
      ...more,
    ]);
  }

  async stop(signal?: Deno.Signal): Promise<void> {
    this.#admin?.close();
    this.#admin = undefined;
    await this.#daemon?.stop(signal);
  }

  /** Makes it hang, with its connections open, until {@linkcode TestNode.resume}. */
  pause(): void {
    this.#daemon?.signal("SIGSTOP");
  }

  resume(): void {
    this.#daemon?.signal("SIGCONT");
  }

  /** The access that a macaroon file in the node's folder gives, or none. */
  async access(macaroonName?: string): Promise<LndAccess> {
    const macaroon = macaroonName && await Deno.readFile(join(this.macaroonDir, macaroonName));
    return {
      address: `https://${this.restServer}`,
      host: "127.0.0.1",
      port: this.ports.rest,
      certificate: await Deno.readTextFile(join(this.lndDir, "tls.cert")),
      ...(macaroon ? { macaroon: new Secret(macaroon.toHex()) } : {}),
    };
  }

  /** Bakes a macaroon such as `info:read` into a file beside lnd's own. */
  async bake(name: string, permissions: string[]): Promise<string> {
    const { macaroon } = await this.post("/v1/macaroon", {
      permissions: permissions.map((text) => {
        const [entity, ...action] = text.split(":");
        return { entity, action: action.join(":") };
      }),
    });
    const path = join(this.macaroonDir, name);
    await Deno.writeFile(path, Uint8Array.fromHex(macaroon));
    return path;
  }

  // Answers are lnd's own JSON: tests look at what they need.
  // deno-lint-ignore no-explicit-any
  get(path: string): Promise<any> {
    return this.#owner().get(path);
  }

  // deno-lint-ignore no-explicit-any
  post(path: string, body: unknown): Promise<any> {
    return this.#owner().post(path, body);
  }

  // deno-lint-ignore no-explicit-any
  delete(path: string): Promise<any> {
    return this.#owner().delete(path);
  }

  /** An invoice of this node. */
  async invoice(amountSat: number): Promise<string> {
    const made = await this.post("/v1/invoices", { value: String(amountSat) });
    return made.payment_request;
  }

  /** Pays another node; tells how lnd says it ended. */
  async pay(receiver: TestNode, { amountSat, outgoing = [] }: TestPayment): Promise<string> {
    const body = {
      payment_request: await receiver.invoice(amountSat),
      timeout_seconds: 20,
      fee_limit_sat: "10000",
      outgoing_chan_ids: outgoing,
      max_parts: 1,
      no_inflight_updates: true,
    };
    let status = "";
    for await (const update of this.#owner().stream("POST", "/v2/router/send", { body })) {
      status = (update as { status: string }).status;
    }
    return status;
  }

  /** Closes a channel together with its peer; blocks must follow. */
  async closeChannel(channelId: string): Promise<void> {
    const { channels } = await this.get("/v1/channels");
    const { channel_point } = channels.find((c: { chan_id: string }) => c.chan_id === channelId);
    const path = `/v1/channels/${channel_point.replace(":", "/")}?sat_per_vbyte=5`;
    // The answer is a stream: its first message says that the transaction is out.
    await this.#owner().stream("DELETE", path).next();
  }

  /** Waits until no HTLC is under way: balances are final then. */
  async quiet(): Promise<void> {
    await until(`${this.name} quiet`, async () => {
      const { channels } = await this.get("/v1/channels");
      return channels.every((c: { pending_htlcs: unknown[] }) => c.pending_htlcs.length === 0);
    });
  }

  /** Whether an HTLC is under way in one of its channels. */
  async hasHtlc(): Promise<boolean> {
    const { channels } = await this.get("/v1/channels");
    return channels.some((c: { pending_htlcs: unknown[] }) => c.pending_htlcs.length > 0);
  }

  /** Makes lnd forget what it learned of routes from failures. */
  async forgetFailures(): Promise<void> {
    await this.post("/v2/router/mc/reset", {});
  }

  #owner(): LndConnection {
    if (this.#admin === undefined) throw new Error(`${this.name} does not run`);
    return this.#admin;
  }
}
