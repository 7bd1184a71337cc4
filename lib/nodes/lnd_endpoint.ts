import { Agent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { connectBySocks, type HostAndPort } from "./socks.ts";

/** Where the REST interface of an LND listens. */
export interface LndEndpoint extends HostAndPort {
  /** For people, such as `https://localhost:8080`. */
  address: string;
  /** A UNIX socket in the place of host and port. */
  socketPath?: string;
  /** A SOCKS 5 proxy such as Tor's. */
  socks?: HostAndPort;
  /** The node's own certificate, PEM: the only one that is accepted. Left out: the system's roots. */
  certificate?: string;
}

/** Connections at a time: three streams and some requests. */
const MOST_SOCKETS = 12;

/** Keeps connections to one endpoint open, by way of its proxy where it has one. */
export function lndAgent(endpoint: LndEndpoint): Agent {
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS, ca: endpoint.certificate };
  return endpoint.socks === undefined
    ? new Agent(options)
    : new SocksAgent(endpoint, endpoint.socks, options);
}

/** TLS to the node through a SOCKS proxy: the proxy sees neither macaroon nor answers. */
class SocksAgent extends Agent {
  constructor(
    private readonly endpoint: LndEndpoint,
    private readonly proxy: HostAndPort,
    options: ConstructorParameters<typeof Agent>[0],
  ) {
    super(options);
  }

  override createConnection(
    _options: unknown,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { host, certificate } = this.endpoint;
    const fail = (error: Error) => done?.(error, new Socket());
    connectBySocks(this.proxy, this.endpoint).then((plain) => {
      const socket = connectTls({ socket: plain, ca: certificate, servername: host });
      socket.once("secureConnect", () => done?.(null, socket));
      socket.once("error", fail);
    }, fail);
  }
}
