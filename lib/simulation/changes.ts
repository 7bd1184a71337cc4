import type { SimulationOptions } from "./simulation_options.ts";
import type { Machine } from "./machine.ts";
import { Probing, type ProbingState } from "./probing.ts";
import { Refresh } from "./refresh.ts";
import type { Teller } from "./teller.ts";
import { type DriftState, TermsDrift } from "./terms_drift.ts";
import type { Roles } from "./roles.ts";

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
}

/** What changes work on. */
export interface ChangesTools {
  machine: Machine;
  teller: Teller;
  roles: Roles;
  /** Told of a direction whose terms or balances have changed. */
  onChange: (direction: number) => void;
}

/** Share of channels a day that are refreshed when not told. */
const REFRESH_PER_DAY = 0.06;

/** What happens in a network beside payments, by chance: probes, the chain's part, terms that drift. */
export class Changes {
  readonly sources: Source[] = [];
  readonly #probing: Probing | undefined;
  readonly #refresh: Refresh | undefined;
  readonly #drift: TermsDrift | undefined;

  constructor(
    { rng, startMs, refreshPerDay = REFRESH_PER_DAY, drift, probing }: SimulationOptions,
    { machine, teller, roles, onChange }: ChangesTools,
  ) {
    const { network } = machine;
    if (probing !== undefined && probing.attemptsPerDay !== 0) {
      const chance = { rng: rng.fork("probing"), roles, startMs };
      const probes = new Probing(network, machine, { ...probing, ...chance });
      this.#probing = probes;
      this.sources.push({ nextMs: () => probes.nextMs, run: () => probes.run() });
    }
    if (refreshPerDay > 0) {
      const chance = { rng: rng.fork("refresh"), startMs };
      const refresh = new Refresh(network, roles, { ...chance, sharePerDay: refreshPerDay });
      this.#refresh = refresh;
      this.sources.push({
        nextMs: () => refresh.nextMs,
        run: () => onChange(2 * refresh.apply(machine.balances)),
      });
    }
    if (drift !== undefined) {
      const spared = (direction: number) => teller.isOperator(network.source[direction]);
      const terms = new TermsDrift(network, { ...drift, rng: rng.fork("drift"), startMs, spared });
      this.#drift = terms;
      this.sources.push({ nextMs: () => terms.nextMs, run: () => onChange(terms.apply()) });
    }
  }

  save(): ChangesState {
    return {
      probing: this.#probing?.save(),
      refresh: this.#refresh?.save(),
      drift: this.#drift?.save(),
    };
  }

  /** Goes on from a state of changes of the same options. */
  load({ probing, refresh, drift }: ChangesState): void {
    if (probing !== undefined) this.#probing?.load(probing);
    if (refresh !== undefined) this.#refresh?.load(refresh);
    if (drift !== undefined) this.#drift?.load(drift);
  }
}
