/** Carries out one suggestion, to be killed while it does. */
import { join } from "node:path";
import { systemClock } from "../../lib/core/mod.ts";
import { Executor, KillSwitch, RouteKnowledge, SpendingLedger } from "../../lib/execution/mod.ts";
import { LndConnection, LndNode, LndPayer, readLndKeys } from "../../lib/nodes/mod.ts";

const folder = Deno.env.get("FOLDER")!;
const { lndDir, restServer, macaroonDir } = JSON.parse(Deno.env.get("NODE_ACCESS")!);
const connect = async (name: string) => {
  const macaroonPath = join(macaroonDir, name);
  const { access } = await readLndKeys({ lndDir, restServer, macaroonPath, network: "simnet" });
  return new LndConnection(access);
};
const reader = new LndNode(await connect("readonly.macaroon"), systemClock);
const graph = Deno.env.has("OWN_ROUTES") ? await reader.graph() : undefined;
const executor = new Executor({
  reader,
  routes: graph && await RouteKnowledge.open(folder, () => graph),
  payer: new LndPayer(await connect("pay.macaroon")),
  ledger: SpendingLedger.open(folder),
  killSwitch: new KillSwitch(folder),
  clock: systemClock,
}, JSON.parse(Deno.env.get("LIMITS")!));
await executor.execute(JSON.parse(Deno.env.get("SUGGESTION")!));
