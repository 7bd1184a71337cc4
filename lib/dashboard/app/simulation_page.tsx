import { counted } from "../../charts/browser.ts";
import { formatPercent } from "../../core/browser.ts";
import type { SimulationView } from "./api.ts";
import { signedSat } from "./format.ts";
import type { LiveState } from "./live_state.ts";
import { GainChart } from "./overview.tsx";
import { type Tile, TileRow, View } from "./section.tsx";
import { FULL_SPEED, SimulationControls, speedWords } from "./simulation_controls.tsx";
import { gainTile } from "./tiles.tsx";
import { Time } from "./time.tsx";
import { Twins } from "./twins.tsx";

/** A simulation as it runs: how fast, what is done to it, and both twins side by side. */
export function SimulationPage({ state }: { state: LiveState }) {
  const { twin, gains, simulation } = state;
  if (!twin && !simulation) return <NoSimulation />;
  const time = simulation?.time ?? twin?.time;
  const note = time === undefined ? undefined : (
    <p class="note">
      virtual time <Time iso={time} />
    </p>
  );
  return (
    <View name="simulation" title="Simulation" note={note}>
      {simulation ? <SimulationControls simulation={simulation} /> : (
        <p class="empty">
          The simulation is not connected any more. What the twins came to stays here.
        </p>
      )}
      <TileRow tiles={[...(twin ? [gainTile(twin)] : []), ...statusTiles(simulation)]} />
      {twin
        ? (
          <div class="charts two">
            <GainChart gains={gains} />
            <Twins lens={twin.lens} baseline={twin.baseline} />
          </div>
        )
        : simulation
        ? <Twins lens={simulation.lens} baseline={null} />
        : null}
    </View>
  );
}

function NoSimulation() {
  return (
    <View name="simulation" title="Simulation">
      <p class="empty">
        No simulation is connected to this server. <code>deno task demo</code>{" "}
        runs one beside a twin that gets the same payments and no suggestions;{" "}
        <code>deno task simulate --post</code> with this server's address connects another,{" "}
        <code>--twin</code>{" "}
        adds its twin. Here you would set its speed, take nodes offline, multiply the traffic, and
        see what the suggestions are worth.
      </p>
    </View>
  );
}

/** Less than this of the pace is told of. */
const PACE_KEPT = 0.9;

/** Virtual time over real time: as asked for, and as reached where that is less. */
function paceWords(speed: number, reached: number): { value: string; note: string } {
  if (speed === 0) return { value: "paused", note: "virtual time stands still" };
  if (speed >= FULL_SPEED) {
    return { value: speedWords(reached), note: `of virtual time; ${speedWords(speed)}` };
  }
  const note = reached > 0 && reached < PACE_KEPT * speed
    ? `of virtual time asked for; ${speedWords(reached)} is reached`
    : "of virtual time";
  return { value: speedWords(speed), note };
}

function statusTiles(simulation: SimulationView | null | undefined): Tile[] {
  if (!simulation) return [];
  const { speed, reached, payments, success_rate, in_flight, suggestions } = simulation;
  const { applied, failed, refused } = suggestions;
  const gained = simulation.lens.net_income_msat / 1000;
  return [
    {
      label: "Pace",
      ...paceWords(speed, reached),
    },
    {
      label: "Payments",
      value: payments.toLocaleString("en-US"),
      note: `${formatPercent(success_rate)} arrived; ${counted(in_flight, "attempt")} on the way`,
    },
    {
      label: "Suggestions applied",
      value: applied.toLocaleString("en-US"),
      note: `${failed.toLocaleString("en-US")} failed, ${
        refused.toLocaleString("en-US")
      } refused; net income ${signedSat(gained)}`,
    },
    {
      label: "Network",
      value: `${simulation.nodes.toLocaleString("en-US")} nodes`,
      note: `${simulation.channels.toLocaleString("en-US")} channels, ${
        counted(simulation.operators.length, "operator")
      }, seed ${simulation.seed}`,
    },
  ];
}
