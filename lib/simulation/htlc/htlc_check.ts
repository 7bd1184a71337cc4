import type { Balances, Network } from "../../network/mod.ts";
import type { HopGate } from "./hop_gate.ts";
import { type HtlcPool, PHASE } from "./htlc_pool.ts";

/** What an engine has in flight, and what its payments came to. */
export interface InFlight {
  pool: HtlcPool;
  gate: HopGate;
  /** Fees of payments that settled: of those who forwarded, and of those who paid. */
  earnedMsat: number;
  paidMsat: number;
}

/**
 * Holds what is in flight against the attempts it belongs to.
 *
 * @throws {Error} naming the first direction whose slots or amount in flight are not those of the
 *   attempts, or whose balance an HTLC took below the reserve, and where fees that were paid and
 *   earned differ while none is on its way
 */
export function checkHtlcs(
  { pool, gate, earnedMsat, paidMsat }: InFlight,
  { network, balances }: { network: Network; balances: Balances },
): void {
  const used = new Int32Array(2 * network.channelCount);
  const inFlightMsat = new Float64Array(2 * network.channelCount);
  let settling = 0;
  for (let attempt = 0; attempt < pool.room; attempt++) {
    if (pool.phase[attempt] === PHASE.settling) settling++;
  }
  pool.forEachLocked((place) => {
    used[pool.direction[place]]++;
    inFlightMsat[pool.direction[place]] += pool.amountMsat[place];
  });
  for (let direction = 0; direction < used.length; direction++) {
    const name = () => `channel ${network.channelIds[direction >> 1]}, direction ${direction & 1}`;
    if (used[direction] !== gate.used(direction)) {
      throw new Error(`${name()}: ${gate.used(direction)} slots taken, ${used[direction]} HTLCs`);
    }
    if (inFlightMsat[direction] !== balances.inFlightMsat[direction]) {
      throw new Error(
        `${name()}: ${balances.inFlightMsat[direction]} msat in flight, ` +
          `HTLCs hold ${inFlightMsat[direction]}`,
      );
    }
    const reserveMsat = balances.reserveMsat[direction >> 1];
    if (used[direction] > 0 && balances.balanceMsat[direction] < reserveMsat) {
      throw new Error(
        `${name()}: ${balances.balanceMsat[direction]} msat left under HTLCs, ` +
          `reserve ${reserveMsat}`,
      );
    }
  }
  if (settling === 0 && earnedMsat !== paidMsat) {
    throw new Error(`forwarding nodes earned ${earnedMsat} msat, payers paid ${paidMsat}`);
  }
}
