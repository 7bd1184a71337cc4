import { request } from "node:https";
import { join } from "node:path";
import { Daemon, until } from "./processes.ts";

const USER = "user", PASSWORD = "password";

/** A btcd on a chain of its own, where blocks are made when asked for. */
export class Bitcoin {
  #daemon: Daemon | undefined;

  constructor(readonly folder: string, readonly binary: string, readonly ports: [number, number]) {}

  /** Starts it; blocks pay to `miningAddress`. */
  async start(miningAddress?: string): Promise<void> {
    const { folder, ports: [peers, rpc] } = this;
    this.#daemon = Daemon.start("btcd", folder, this.binary, [
      "--simnet",
      `--datadir=${join(folder, "btcd")}`,
      `--logdir=${join(folder, "btcd", "logs")}`,
      `--configfile=${join(folder, "none.conf")}`,
      `--listen=127.0.0.1:${peers}`,
      `--rpclisten=127.0.0.1:${rpc}`,
      `--rpcuser=${USER}`,
      `--rpcpass=${PASSWORD}`,
      `--rpccert=${this.certificatePath}`,
      `--rpckey=${join(folder, "rpc.key")}`,
      "--txindex",
      "--nodnsseed",
      "--trickleinterval=100ms",
      ...(miningAddress === undefined ? [] : [`--miningaddr=${miningAddress}`]),
    ]);
    await until("btcd", () => this.height().then(() => true));
  }

  stop(): Promise<void> {
    return this.#daemon?.stop() ?? Promise.resolve();
  }

  get certificatePath(): string {
    return join(this.folder, "rpc.cert");
  }

  /** What lnd needs to know of it. */
  lndFlags(): string[] {
    return [
      "--bitcoin.simnet",
      "--bitcoin.node=btcd",
      `--btcd.rpchost=127.0.0.1:${this.ports[1]}`,
      `--btcd.rpcuser=${USER}`,
      `--btcd.rpcpass=${PASSWORD}`,
      `--btcd.rpccert=${this.certificatePath}`,
    ];
  }

  async height(): Promise<number> {
    return Number(await this.#call("getblockcount"));
  }

  async mine(blocks: number): Promise<void> {
    await this.#call("generate", blocks);
  }

  async waitingTransactions(): Promise<number> {
    return (await this.#call("getrawmempool") as unknown[]).length;
  }

  async #call(method: string, ...params: unknown[]): Promise<unknown> {
    const ca = await Deno.readTextFile(this.certificatePath);
    return await new Promise((resolve, reject) => {
      const asking = request({
        host: "127.0.0.1",
        port: this.ports[1],
        method: "POST",
        auth: `${USER}:${PASSWORD}`,
        ca,
      }, async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        const { error, result } = JSON.parse(text);
        if (error) reject(new Error(`${method}: ${JSON.stringify(error)}`));
        else resolve(result);
      });
      asking.on("error", reject);
      asking.end(JSON.stringify({ jsonrpc: "1.0", id: 1, method, params }));
    });
  }
}
