import { isLoopback } from "../../core/mod.ts";
import type { Socket } from "./ws_client.ts";

/** What a connection does with what it hears. */
export interface SocketHandlers {
  onText(text: string): void;
  onClose(): void;
}

/** Clients at a time, and characters of one message. */
const MOST_CLIENTS = 100;
const MOST_CHARACTERS = 4_000_000;

/** Answers a request for a WebSocket; all else is told where it is. */
export function upgrade(
  request: Request,
  { clientCount, onOpen }: { clientCount: number; onOpen: (socket: Socket) => SocketHandlers },
): Response {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return new Response("This is the WebSocket of a LightningLens simulation.\n", { status: 426 });
  }
  if (!isAllowedOrigin(request)) return new Response("Foreign origin.\n", { status: 403 });
  if (clientCount >= MOST_CLIENTS) return new Response("Too many clients.\n", { status: 503 });
  const { socket, response } = Deno.upgradeWebSocket(request);
  let handlers: SocketHandlers | undefined;
  socket.onopen = () => handlers = onOpen(socket);
  socket.onclose = () => handlers?.onClose();
  socket.onerror = () => {};
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return socket.close(1003, "expected text");
    if (data.length > MOST_CHARACTERS) return socket.close(1009, "message too large");
    handlers?.onText(data);
  };
  return response;
}

/** Pages of other sites must not speak to a simulation that runs on the visitor's machine. */
function isAllowedOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return isLoopback(hostname) || hostname === new URL(request.url).hostname;
}
