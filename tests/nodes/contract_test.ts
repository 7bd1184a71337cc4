import { testNodeContract } from "../contracts/node_contract.ts";
import { SimulatedNode } from "./simulated_node.ts";

Deno.test("SimulatedNode passes the contract of nodes (LND: deno task test:lnd)", async (t) => {
  const node = new SimulatedNode("me", 1000);
  node.addChannel({ channelId: "1", peer: "alice" });
  node.addChannel({ channelId: "2", peer: "bob" });
  node.addChannel({ channelId: "3", peer: "carol" });
  await testNodeContract(t, {
    node,
    nodeId: "me",
    channels: { incoming: "1", outgoing: "2", closing: "3" },
    forward: (amountSat) => Promise.resolve(void node.forward("1", "2", amountSat)),
    forwardTooMuch: () => Promise.resolve(void node.forward("1", "2", 900_000)),
    closeChannel: () => Promise.resolve(node.closeChannel("3")),
    settle: () => Promise.resolve(),
  });
});
