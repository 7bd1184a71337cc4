/** A peer in a process of its own that answers one line of JSON with another. */
export class Peer {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #pending = "";

  constructor(command: string, options: { args: string[]; cwd?: string }) {
    this.#process = new Deno.Command(command, {
      ...options,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** @throws {Error} when the process ends before it answers. */
  async ask<T>(request: Record<string, unknown>): Promise<T> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    for (;;) {
      const end = this.#pending.indexOf("\n");
      if (end >= 0) {
        const line = this.#pending.slice(0, end);
        this.#pending = this.#pending.slice(end + 1);
        if (line.startsWith("{")) return JSON.parse(line);
        continue;
      }
      const { value, done } = await this.#output.read();
      if (done) throw new Error(`the peer ended at ${JSON.stringify(request)}`);
      this.#pending += value;
    }
  }

  async close(): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#process.status;
  }
}

/** The Python to run peers with: LIGHTNING_LENS_PEERS_PYTHON, else python3. */
export function peerPython(): string {
  return Deno.env.get("LIGHTNING_LENS_PEERS_PYTHON") ?? "python3";
}

/** A process of `gbt_peers.py` with that many threads. */
export function pythonPeer(threads: number): Peer {
  const script = new URL("./gbt_peers.py", import.meta.url).pathname;
  return new Peer(peerPython(), { args: [script, String(threads)] });
}

/** Peers that can be imported there, with their versions; none without Python. */
export async function pythonVersions(): Promise<Record<string, string>> {
  try {
    const peer = pythonPeer(1);
    const { versions } = await peer.ask<{ versions: Record<string, string> }>({ do: "versions" });
    await peer.close();
    return versions;
  } catch {
    return {};
  }
}

/** The JavaScript peer, from the folder LIGHTNING_LENS_PEERS_NODE; undefined without one. */
export function nodePeer(): Peer | undefined {
  const cwd = Deno.env.get("LIGHTNING_LENS_PEERS_NODE");
  const script = new URL("./gbt_peer_node.mjs", import.meta.url).pathname;
  return cwd === undefined ? undefined : new Peer("node", { args: [script], cwd });
}
