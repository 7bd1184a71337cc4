import { join } from "node:path";
import type { LndSettings } from "../nodes/mod.ts";
import type { CommandOptions } from "../protocol/mod.ts";

type NodeOptions = Pick<
  CommandOptions<"recommend">,
  "lnddir" | "restserver" | "rpcserver" | "tlscertpath" | "macaroonpath" | "network" | "socks"
>;

/** Where the node is, by the options; the rest as lncli has it. */
export function lndSettings(options: NodeOptions): LndSettings {
  return {
    lndDir: withHome(options.lnddir ?? "~/.lnd"),
    restServer: options.restserver,
    rpcServer: options.rpcserver,
    tlsCertPath: options.tlscertpath && withHome(options.tlscertpath),
    macaroonPath: options.macaroonpath && withHome(options.macaroonpath),
    network: options.network,
    socks: options.socks,
  };
}

/** Whether the options name a node at all. */
export function namesNode(options: NodeOptions): boolean {
  return [options.lnddir, options.restserver, options.rpcserver, options.macaroonpath]
    .some((value) => value !== undefined);
}

/** Config files and quoted arguments have their `~` still. */
function withHome(path: string): string {
  const home = Deno.env.get("HOME");
  return path.startsWith("~/") && home !== undefined ? join(home, path.slice(2)) : path;
}
