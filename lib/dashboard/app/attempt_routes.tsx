import { shortName } from "../../charts/browser.ts";
import { formatSat } from "../../core/browser.ts";
import type { RouteView, TryView } from "./insight_api.ts";

/** Attempts shown at once; earlier ones unfold. */
const FIRST = 3;

/** Attempts of one rebalance, each with its way, the newest first. */
export function AttemptRoutes({ tries, underWay }: { tries: TryView[]; underWay: RouteView[] }) {
  const ended = tries.map((attempt, i) => ({ attempt, number: i + 1 })).reverse();
  const [newest, older] = [ended.slice(0, FIRST), ended.slice(FIRST)];
  return (
    <div class="attempts">
      <ol>
        {underWay.map((route, i) => (
          <li key={`under way ${i}`} class="under-way">
            <AttemptHead number={tries.length + i + 1} words="on its way" route={route} />
            <Hops route={route} />
          </li>
        ))}
        {newest.map((item) => <Ended key={item.number} {...item} />)}
      </ol>
      {older.length === 0 ? null : (
        <details>
          <summary>{older.length} earlier</summary>
          <ol>{older.map((item) => <Ended key={item.number} {...item} />)}</ol>
        </details>
      )}
    </div>
  );
}

function Ended({ attempt, number }: { attempt: TryView; number: number }) {
  const { settled, failed_hop: hop, reason } = attempt;
  const where = hop === null || hop >= attempt.channels.length ? "" : ` at hop ${hop + 1}`;
  const why = reason === null ? "" : `: ${reason.replaceAll("_", " ")}`;
  return (
    <li class={settled ? "settled" : "failed"}>
      <AttemptHead
        number={number}
        words={settled ? "arrived" : `failed${where}${why}`}
        route={attempt}
      />
      <Hops route={attempt} failedHop={settled ? undefined : hop ?? undefined} />
    </li>
  );
}

function AttemptHead(
  { number, words, route }: { number: number; words: string; route: RouteView },
) {
  return (
    <span class="attempt-head">
      {number}. {formatSat(route.amount_msat / 1000)} for{" "}
      {route.channels.length === 0 ? "at most " : ""}
      {formatSat(route.fee_msat / 1000)} <strong>{words}</strong>
    </span>
  );
}

/** The nodes on the way, from the own one back to it; those after a failure were not reached. */
function Hops({ route, failedHop }: { route: RouteView; failedHop?: number }) {
  const { channels, nodes } = route;
  if (channels.length === 0) return <small>the node chooses the way</small>;
  return (
    <span class="hops">
      <span class="hop own">own</span>
      {channels.map((channel, i) => (
        <span
          key={channel}
          class={failedHop === undefined || i < failedHop
            ? "step"
            : i === failedHop
            ? "step failed"
            : "step beyond"}
        >
          <span class="way" aria-label={i === failedHop ? "failed here, to" : "to"}>
            {i === failedHop ? "✕" : "→"}
          </span>
          <span class="hop" title={`channel ${channel}${nodes[i] ? `, ${nodes[i]}` : ""}`}>
            <bdi>{i === channels.length - 1 ? "own" : shortName(nodes[i] ?? channel, 16)}</bdi>
          </span>
        </span>
      ))}
    </span>
  );
}
