import { useState } from "hono/jsx/dom";
import { shortName } from "../../charts/browser.ts";
import { HOUR_MS, MINUTE_MS } from "../../core/browser.ts";
import type { FaultView, SimulationView } from "./api.ts";
import { post } from "./resource.ts";
import { Time } from "./time.tsx";

/** Paces that are offered: virtual over real time. */
const SPEEDS = [1, 60, 600, 3600, 21_600, 1e9];
/** From here on a pace is as fast as the machine goes. */
export const FULL_SPEED = 1e8;
/** How long a fault can last, hours of virtual time. */
const HOURS = [1, 6, 24, 72];
/** Times as many payments as usual. */
const FACTORS = [0.5, 2, 5, 10];
const MINUTES_AN_HOUR = HOUR_MS / MINUTE_MS;

/** `60×`, `6 h a second`, `as fast as it goes`. */
export function speedWords(speed: number): string {
  if (speed >= FULL_SPEED) return "as fast as it goes";
  if (speed >= 3600) return `${rounded(speed / 3600)} h a second`;
  if (speed >= 60) return `${rounded(speed / 60)} min a second`;
  return `${rounded(speed)}×`;
}

function rounded(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** Speed, pause and faults of the simulation that is connected. */
export function SimulationControls({ simulation }: { simulation: SimulationView }) {
  const [said, setSaid] = useState("");
  const control = async (body: object, done: string) => {
    setSaid("…");
    setSaid(await post("/api/simulation/control", body) ?? done);
  };
  return (
    <section class="panel simulation-controls" aria-labelledby="control-title">
      <div class="section-head">
        <h3 id="control-title">Control</h3>
        <span role="status" class="said">{said}</span>
      </div>
      <Speed speed={simulation.speed} control={control} />
      <Offline operators={simulation.operators} control={control} />
      <Traffic faults={simulation.faults} control={control} />
      <Faults {...simulation} />
    </section>
  );
}

type Control = (body: object, done: string) => Promise<void>;

function Speed({ speed, control }: { speed: number; control: Control }) {
  // Where it goes on after a pause.
  const [before, setBefore] = useState(SPEEDS[3]);
  const paused = speed === 0;
  const set = (next: number) =>
    void control({ speed: next }, next === 0 ? "It stands still." : `Pace: ${speedWords(next)}.`);
  const toggle = () => {
    if (!paused) setBefore(speed);
    set(paused ? before : 0);
  };
  return (
    <div class="control" role="group" aria-label="Speed">
      <button type="button" class={paused ? "primary" : ""} onClick={toggle}>
        {paused ? "▶ Go on" : "❚❚ Pause"}
      </button>
      {SPEEDS.map((choice) => (
        <button
          key={choice}
          type="button"
          class="choice"
          aria-pressed={sameSpeed(choice, speed) ? "true" : "false"}
          onClick={() => set(choice)}
        >
          {choice === 1 ? "real time" : speedWords(choice)}
        </button>
      ))}
    </div>
  );
}

function sameSpeed(choice: number, speed: number): boolean {
  return choice === speed || (choice >= FULL_SPEED && speed >= FULL_SPEED);
}

function Offline(
  { operators, control }: { operators: SimulationView["operators"]; control: Control },
) {
  const [node, setNode] = useState("operators");
  const [hours, setHours] = useState(HOURS[1]);
  const take = () => {
    const fault = { kind: "offline", node, minutes: hours * MINUTES_AN_HOUR };
    void control({ fault }, `Offline for ${hours} h of virtual time.`);
  };
  return (
    <div class="control" role="group" aria-label="Take a node offline">
      <Choice
        label="node"
        value={node}
        onChoice={setNode}
        options={[
          { value: "operators", text: "all operators" },
          ...operators.map(({ id, alias }) => ({ value: id, text: shortName(alias || id, 24) })),
        ]}
      />
      <HourChoice hours={hours} onChoice={setHours} />
      <button type="button" onClick={take}>Take offline</button>
    </div>
  );
}

function Traffic({ faults, control }: { faults: FaultView[]; control: Control }) {
  const [factor, setFactor] = useState(2);
  const [hours, setHours] = useState(HOURS[1]);
  const change = () => {
    const fault = { kind: "traffic", factor, minutes: hours * MINUTES_AN_HOUR };
    void control({ fault }, `${factor}× the payments for ${hours} h of virtual time.`);
  };
  const changed = faults.some(({ kind }) => kind === "traffic");
  const usual = () =>
    void control({ fault: { kind: "traffic", factor: 1 } }, "Traffic is as usual.");
  return (
    <div class="control" role="group" aria-label="Change the traffic">
      <Choice
        label="payments"
        value={String(factor)}
        onChoice={(value) => setFactor(Number(value))}
        options={FACTORS.map((value) => ({
          value: String(value),
          text: value === 2 ? "2× (doubled)" : `${value}×`,
        }))}
      />
      <HourChoice hours={hours} onChoice={setHours} />
      <button type="button" onClick={change}>Change traffic</button>
      {changed ? <button type="button" onClick={usual}>As usual</button> : null}
    </div>
  );
}

function HourChoice({ hours, onChoice }: { hours: number; onChoice: (hours: number) => void }) {
  return (
    <Choice
      label="for"
      value={String(hours)}
      onChoice={(value) => onChoice(Number(value))}
      options={HOURS.map((value) => ({ value: String(value), text: `${value} h` }))}
    />
  );
}

function Choice(
  { label, value, options, onChoice }: {
    label: string;
    value: string;
    options: { value: string; text: string }[];
    onChoice: (value: string) => void;
  },
) {
  return (
    <label class="check">
      {label}
      <select
        value={value}
        onChange={(event: Event) => onChoice((event.target as HTMLSelectElement).value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What was done and is not over. */
function Faults({ faults, operators }: Pick<SimulationView, "faults" | "operators">) {
  if (faults.length === 0) {
    return (
      <p class="note">
        Nothing is out of order. Both twins suffer the same at the same virtual time.
      </p>
    );
  }
  const nameOf = (node: string) =>
    shortName(operators.find(({ id }) => id === node)?.alias || node, 24);
  return (
    <ul class="chips" aria-label="What is out of order">
      {faults.map((fault, i) => (
        <li key={i} class="chip failed">
          {fault.kind === "offline"
            ? `${nameOf(fault.node)} is offline`
            : `${fault.factor}× the payments`}
          {fault.until === null ? "" : (
            <>
              {" "}until <Time iso={fault.until} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
