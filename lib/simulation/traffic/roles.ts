import type { Rng } from "../../core/mod.ts";
import type { Network } from "../../network/mod.ts";

/** What a node does with the network. */
export type Role = "wallet" | "merchant" | "exchange" | "router";

/** Weight of a role as a sender and as a receiver: persistent sources and sinks. */
const ROLE_WEIGHTS: Record<Role, { send: number; receive: number }> = {
  wallet: { send: 1, receive: 0.55 },
  merchant: { send: 0.5, receive: 1 },
  exchange: { send: 1, receive: 1 },
  router: { send: 0.05, receive: 0.05 },
};
/** Nodes with no more channels live at the edge: wallets and merchants. */
const EDGE_DEGREE = 4;
/** Gravity: weight grows with capacity to this power. */
const CAPACITY_POWER = 0.5;

/** Who sends and receives how much. */
export interface Roles {
  /** By node. */
  role: Role[];
  sendWeight: Float64Array;
  receiveWeight: Float64Array;
}

/** Gives every node a role and weights, by its channels and chance. */
export function assignRoles(network: Network, rng: Rng): Roles {
  const role: Role[] = [];
  const sendWeight = new Float64Array(network.nodeCount);
  const receiveWeight = new Float64Array(network.nodeCount);
  for (let node = 0; node < network.nodeCount; node++) {
    role[node] = drawRole(network.degree(node), rng.float());
    // Some use their node daily, others hardly ever.
    const activity = Math.exp(rng.normal());
    const gravity = activity * network.nodeCapacitySat(node) ** CAPACITY_POWER;
    sendWeight[node] = gravity * ROLE_WEIGHTS[role[node]].send;
    receiveWeight[node] = gravity * ROLE_WEIGHTS[role[node]].receive;
  }
  return { role, sendWeight, receiveWeight };
}

function drawRole(degree: number, u: number): Role {
  if (degree <= EDGE_DEGREE) return u < 0.55 ? "wallet" : u < 0.95 ? "merchant" : "router";
  if (u < 0.12) return "wallet";
  if (u < 0.24) return "merchant";
  return u < 0.32 ? "exchange" : "router";
}
