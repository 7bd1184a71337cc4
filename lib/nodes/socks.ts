import { connect, type Socket } from "node:net";
import { errorMessage, UnreachableError } from "../core/mod.ts";

/** A place in a network. */
export interface HostAndPort {
  host: string;
  port: number;
}

/** What a SOCKS 5 proxy answers when it can't connect (RFC 1928, section 6). */
const REPLIES = [
  "",
  "it failed",
  "its rules forbid it",
  "the network can't be reached",
  "the host can't be reached",
  "the connection was refused",
  "it took too long",
  "it does not know the command",
  "it does not know the kind of address",
];

/**
 * A connection to `target` through a SOCKS 5 proxy without a password, as Tor offers one. The name
 * is resolved by the proxy, so that `.onion` names work and nothing is asked of the local resolver.
 *
 * @throws {UnreachableError} when the proxy is not there or can't connect
 */
export async function connectBySocks(proxy: HostAndPort, target: HostAndPort): Promise<Socket> {
  const where = `the SOCKS proxy at ${proxy.host}:${proxy.port}`;
  const socket = connect(proxy.port, proxy.host);
  const reader = new SocketReader(socket);
  const fault = (text: string) => {
    socket.destroy();
    return new UnreachableError(`${where} ${text}`);
  };
  try {
    socket.write(Uint8Array.of(5, 1, 0));
    const [version, method] = await reader.take(2);
    if (version !== 5 || method !== 0) throw fault("does not take callers without a password");
    const name = new TextEncoder().encode(target.host);
    socket.write(
      Uint8Array.of(5, 1, 0, 3, name.length, ...name, target.port >> 8, target.port & 255),
    );
    const [, reply, , kind] = await reader.take(4);
    if (reply !== 0) {
      throw fault(`can't connect to ${target.host}:${target.port}: ${REPLIES[reply] ?? reply}`);
    }
    // The address it is bound to follows, of no use here: a name with its length, IPv4 or IPv6.
    const length = kind === 3 ? (await reader.take(1))[0] : kind === 4 ? 16 : 4;
    await reader.take(length + 2);
  } catch (error) {
    if (error instanceof UnreachableError) throw error;
    const message = errorMessage(error);
    throw fault(`is not there (${message}): is Tor running? Name another with --socks`);
  }
  reader.release();
  return socket;
}

/** Reads exact numbers of bytes and leaves what follows to others. */
class SocketReader {
  #bytes: number[] = [];
  #wake: () => void = () => {};
  #fault: Error | undefined;
  #onData = (chunk: Uint8Array) => {
    this.#bytes.push(...chunk);
    this.#wake();
  };
  #onEnd = (error?: Error) => {
    this.#fault = error ?? new Error("it hung up");
    this.#wake();
  };

  constructor(private readonly socket: Socket) {
    socket.on("data", this.#onData);
    socket.once("error", this.#onEnd);
    socket.once("end", this.#onEnd);
  }

  async take(count: number): Promise<number[]> {
    while (this.#bytes.length < count) {
      if (this.#fault !== undefined) throw this.#fault;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#bytes.splice(0, count);
  }

  release(): void {
    this.socket.pause();
    this.socket.off("data", this.#onData);
    this.socket.off("error", this.#onEnd);
    this.socket.off("end", this.#onEnd);
  }
}
