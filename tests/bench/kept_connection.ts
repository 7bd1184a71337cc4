/**
 * One kept HTTP/1.1 connection that asks for the same page again and again. Reads into one buffer,
 * so that what the caller collects as garbage is not taken for the server's delay.
 */
export class KeptConnection {
  readonly #buffer = new Uint8Array(1 << 16);
  /** Bytes of an answer, head and body; 0 before the first. */
  #size = 0;

  private constructor(readonly connection: Deno.TcpConn, readonly request: Uint8Array) {}

  /** Connects to this machine. */
  static async open(port: number, path: string): Promise<KeptConnection> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    const head = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
    return new KeptConnection(connection, new TextEncoder().encode(head));
  }

  /** Resolves when the whole answer is there. @throws {Error} for an answer of another size */
  async get(): Promise<void> {
    await this.connection.write(this.request);
    let got = await this.#read();
    if (this.#size === 0) this.#size = answerSize(this.#buffer.subarray(0, got));
    while (got < this.#size) got += await this.#read();
    if (got !== this.#size) throw new Error(`found ${got} bytes, expected ${this.#size}`);
  }

  close(): void {
    this.connection.close();
  }

  async #read(): Promise<number> {
    const count = await this.connection.read(this.#buffer);
    if (count === null) throw new Error("the server ended the connection");
    return count;
  }
}

function answerSize(start: Uint8Array): number {
  const text = new TextDecoder().decode(start);
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text);
  if (!text.startsWith("HTTP/1.1 200 ") || length === null) {
    throw new Error(`found "${text.slice(0, 200)}", expected 200 with a content-length`);
  }
  return text.indexOf("\r\n\r\n") + 4 + Number(length[1]);
}
