import type { Accounts } from "./operators/accounts.ts";
import { FeeSetting } from "./operators/fee_setting.ts";
import { PeerRebalancing, type PeerRebalancingState } from "./operators/peer_rebalancing.ts";
import type { SimulationOptions } from "./simulation_options.ts";
import type { Machine } from "./htlc/machine.ts";
import { Probing, type ProbingState } from "./traffic/probing.ts";
import { Refresh } from "./traffic/refresh.ts";
import type { Teller } from "./operators/teller.ts";
import { type DriftState, TermsDrift } from "./operators/terms_drift.ts";
import type { Roles } from "./traffic/roles.ts";

/** Something that happens again and again. */
export interface Source {
  nextMs(): number;
  /** Does what is due at `nextMs` and moves that on. */
  run(): void;
}

/** Where {@linkcode Changes} stand. */
export interface ChangesState {
  probing?: ProbingState;
  refresh?: ReturnType<Refresh["save"]>;
  drift?: DriftState;
  feeSetting?: ReturnType<FeeSetting["save"]>;
  peerRebalancing?: PeerRebalancingState;
  nextCheckMs?: number;
}

/** What changes work on. */
export interface ChangesTools {
  machine: Machine;
  teller: Teller;
  accounts: Accounts;
  roles: Roles;
  /** Told of a direction whose terms or balances have changed. */
  onChange: (direction: number) => void;
  /** Throws where an invariant is broken. */
  check: () => void;
}

/** Share of channels a day that are refreshed when not told. */
const REFRESH_PER_DAY = 0.06;

/**
 * What happens in a network beside payments, by chance: probes, the chain's part, and what other
 * nodes do to their terms and balances. What is not asked for doesn't happen.
 */
export class Changes {
  readonly sources: Source[] = [];
  readonly #probing: Probing | undefined;
  readonly #refresh: Refresh | undefined;
  readonly #drift: TermsDrift | undefined;
  readonly #feeSetting: FeeSetting | undefined;
  readonly #peerRebalancing: PeerRebalancing | undefined;
  #nextCheckMs = Infinity;

  constructor(options: SimulationOptions, tools: ChangesTools) {
    const { rng, startMs, refreshPerDay = REFRESH_PER_DAY } = options;
    const { drift, probing, feeSetting, peerRebalancing, checkEveryMs } = options;
    const { machine, teller, accounts, roles, onChange } = tools;
    const { network, balances } = machine;
    const spared = (direction: number) => teller.isOperator(network.source[direction]);
    const chance = (name: string) => ({ rng: rng.fork(name), startMs });
    if (checkEveryMs !== undefined) this.#checkEvery(checkEveryMs, startMs, tools.check);
    if (probing !== undefined && probing.attemptsPerDay !== 0) {
      const probes = new Probing(network, machine, { ...probing, roles, ...chance("probing") });
      this.#probing = this.#add(probes, () => probes.run());
    }
    if (refreshPerDay > 0) {
      const refresh = new Refresh(network, roles, {
        ...chance("refresh"),
        sharePerDay: refreshPerDay,
      });
      this.#refresh = this.#add(refresh, () => onChange(2 * refresh.apply(balances)));
    }
    if (drift !== undefined) {
      const terms = new TermsDrift(network, { ...drift, ...chance("drift"), spared });
      this.#drift = this.#add(terms, () => onChange(terms.apply()));
    }
    if (feeSetting !== undefined) {
      const setting = { ...feeSetting, ...chance("fee setting"), spared };
      const fees = new FeeSetting(network, balances, setting);
      this.#feeSetting = this.#add(fees, () => onChange(fees.apply()));
    }
    if (peerRebalancing !== undefined) {
      const peers = new PeerRebalancing({
        machine,
        accounts,
        ...chance("peer rebalancing"),
        spared: (node) => teller.isOperator(node),
        onMoved: onChange,
      }, peerRebalancing);
      this.#peerRebalancing = this.#add(peers, () => peers.run());
    }
  }

  #add<T extends { readonly nextMs: number }>(part: T, run: () => void): T {
    this.sources.push({ nextMs: () => part.nextMs, run });
    return part;
  }

  #checkEvery(everyMs: number, startMs: number, check: () => void): void {
    this.#nextCheckMs = startMs + everyMs;
    this.sources.push({
      nextMs: () => this.#nextCheckMs,
      run: () => {
        this.#nextCheckMs += everyMs;
        check();
      },
    });
  }

  save(): ChangesState {
    return {
      probing: this.#probing?.save(),
      refresh: this.#refresh?.save(),
      drift: this.#drift?.save(),
      feeSetting: this.#feeSetting?.save(),
      peerRebalancing: this.#peerRebalancing?.save(),
      nextCheckMs: this.#nextCheckMs === Infinity ? undefined : this.#nextCheckMs,
    };
  }

  /** Goes on from a state of changes of the same options. */
  load(state: ChangesState): void {
    const { probing, refresh, drift, feeSetting, peerRebalancing, nextCheckMs } = state;
    if (probing !== undefined) this.#probing?.load(probing);
    if (refresh !== undefined) this.#refresh?.load(refresh);
    if (drift !== undefined) this.#drift?.load(drift);
    if (feeSetting !== undefined) this.#feeSetting?.load(feeSetting);
    if (peerRebalancing !== undefined) this.#peerRebalancing?.load(peerRebalancing);
    if (nextCheckMs !== undefined) this.#nextCheckMs = nextCheckMs;
  }
}
