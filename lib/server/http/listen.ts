import { errorMessage, isLoopback, UnreachableError } from "../../core/mod.ts";
import { type AppOptions, createApp } from "./app.ts";
import type { LensServer } from "../lens_server.ts";

/** Where a server listens. */
export interface Listening {
  /** Such as `http://127.0.0.1:5001`. */
  url: string;
  port: number;
  /** Takes no more requests, and ends those under way. */
  stop(): Promise<void>;
}

/**
 * Listens for HTTP.
 *
 * @param where.port 0 takes any free port
 * @throws {UnreachableError} when the port is in use or the address is not this machine's
 */
export function listen(
  server: LensServer,
  where: { host: string; port: number },
  options: AppOptions = {},
): Listening {
  const { host, port } = where;
  const app = createApp(server, { loopbackOnly: isLoopback(host), ...options });
  let http: Deno.HttpServer<Deno.NetAddr>;
  try {
    http = Deno.serve({ hostname: host, port, onListen: () => {} }, app.fetch);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new UnreachableError(
        `port ${port} of ${host} is in use by another program; stop it or choose another with --port`,
      );
    }
    const message = errorMessage(error);
    throw new UnreachableError(`can't listen on ${host}:${port}: ${message}`);
  }
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shown}:${http.addr.port}`,
    port: http.addr.port,
    stop: () => {
      server.drain();
      return http.shutdown();
    },
  };
}
