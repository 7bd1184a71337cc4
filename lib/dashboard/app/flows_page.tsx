/// <reference lib="dom" />
import { useMemo, useRef, useState } from "hono/jsx/dom";
import { counted, fromTo } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import { useEffect } from "./effect.ts";
import { byWeekdayAndHour } from "./income.ts";
import type { ActivityView, FlowsView } from "./insight_api.ts";
import type { LiveState } from "./live_state.ts";
import { Loading } from "./loading.tsx";
import { useNames } from "./node_name.tsx";
import { useResource } from "./resource.ts";
import { layOutSankey, type SankeyBox, type SankeyLayout } from "./sankey.ts";
import { View } from "./section.tsx";

const SPANS = [1, 7, 30] as const;
const MOST_BOXES = 14;
const BOX_PX = 10;
/** Width of a letter in a label, about. */
const LETTER_PX = 8;
/** Between a label and its box. */
const LABEL_GAP_PX = 6;
/** What is drawn before the width is known. */
const USUAL_WIDTH_PX = 900;

/** Who pays through whom, and when. */
export function FlowsPage({ state, fresh }: { state: LiveState; fresh: boolean }) {
  const [days, setDays] = useState(7);
  const key = `${fresh} ${state.recommendations?.time}`;
  const flows = useResource<FlowsView>(`/api/flows?days=${days}`, key);
  const activity = useResource<ActivityView>("/api/activity", key);
  const spans = (
    <label class="controls">
      <span class="hidden">Time span</span>
      <select
        onChange={(event: Event) => setDays(Number((event.target as HTMLSelectElement).value))}
      >
        {SPANS.map((span) => (
          <option key={span} value={span} selected={span === days}>
            {span === 1 ? "the last day" : `the last ${span} days`}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <View name="flows" title="Flows" note={spans}>
      {flows.data === undefined
        ? <Loading of={flows} what="Flows" />
        : flows.data.flows.length === 0
        ? (
          <p class="empty">
            No forward has settled in this time. From the first one on, this shows from which peer
            payments came in and by which they went out.
          </p>
        )
        : <Sankey flows={flows.data} />}
      {activity.data === undefined
        ? <Loading of={activity} what="Hours" />
        : <Heat activity={activity.data} />}
    </View>
  );
}

/** Where the columns of the diagram stand. */
interface Columns {
  widthPx: number;
  letters: number;
  labelPx: number;
}

/** A diagram as wide as its place: names get a quarter of it on each side, 13 letters to 26. */
function columnsOf(widthPx: number): Columns {
  const letters = Math.max(13, Math.min(26, Math.floor(widthPx / 4 / LETTER_PX)));
  return { widthPx, letters, labelPx: letters * LETTER_PX + LABEL_GAP_PX };
}

/** The width of an element as it changes. */
function useWidth(): [{ current: HTMLElement | null }, number] {
  const element = useRef<HTMLElement>(null);
  const [widthPx, setWidth] = useState(USUAL_WIDTH_PX);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, Math.max(300, Math.round(widthPx))];
}

function Sankey({ flows: { flows } }: { flows: FlowsView }) {
  const nameOf = useNames();
  const [place, widthPx] = useWidth();
  const columns = columnsOf(widthPx);
  const layout = useMemo(() => layOutSankey(flows, { most: MOST_BOXES, heightPx: 380 }), [flows]);
  const total = flows.reduce((sum, { amount_msat }) => sum + amount_msat, 0);
  const count = flows.reduce((sum, flow) => sum + flow.count, 0);
  const [first] = flows;
  const summary = `${counted(count, "forward")} carried ${formatSat(total / 1000)}; most, ${
    formatPercent(first.amount_msat / total, 0)
  }, came from ${nameOf(first.in_peer)} and went to ${nameOf(first.out_peer)}.`;
  return (
    <figure class="chart">
      <figcaption>
        <h3>Who pays through whom</h3>
        <p>{summary} In by the peers on the left, out by those on the right.</p>
      </figcaption>
      <div class="scroll" ref={place} tabIndex={0} role="group" aria-label="Flows between peers">
        <svg
          class="sankey"
          role="img"
          aria-label={summary}
          viewBox={`0 0 ${widthPx} ${Math.ceil(layout.heightPx)}`}
        >
          <Bands layout={layout} columns={columns} />
          <Boxes boxes={layout.sources} side="in" columns={columns} />
          <Boxes boxes={layout.targets} side="out" columns={columns} />
        </svg>
      </div>
    </figure>
  );
}

function Bands(
  { layout: { bands }, columns: { widthPx, labelPx } }: { layout: SankeyLayout; columns: Columns },
) {
  const nameOf = useNames();
  const [x0, x1] = [labelPx + BOX_PX, widthPx - labelPx - BOX_PX];
  const middle = (x0 + x1) / 2;
  return (
    <g class="bands">
      {bands.map(({ flow, y0, y1, height }) => {
        const a = y0 + height / 2, b = y1 + height / 2;
        return (
          <path
            key={`${flow.in_peer}\n${flow.out_peer}`}
            d={`M${x0},${a}C${middle},${a} ${middle},${b} ${x1},${b}`}
            stroke-width={Math.max(1, height)}
          >
            <title>
              {`${fromTo(nameOf(flow.in_peer, 24), nameOf(flow.out_peer, 24))}: ${
                formatSat(flow.amount_msat / 1000)
              } in ${counted(flow.count, "forward")}, ${formatSat(flow.fees_msat / 1000)} earned`}
            </title>
          </path>
        );
      })}
    </g>
  );
}

function Boxes(
  { boxes, side, columns: { widthPx, letters, labelPx } }: {
    boxes: SankeyBox[];
    side: "in" | "out";
    columns: Columns;
  },
) {
  const nameOf = useNames();
  const into = side === "in";
  return (
    <g class={`boxes ${side}`}>
      {boxes.map(({ peer, amountMsat, y, height }) => (
        <g key={peer}>
          <rect
            x={into ? labelPx : widthPx - labelPx - BOX_PX}
            y={y}
            width={BOX_PX}
            height={height}
          />
          <text
            x={into ? labelPx - LABEL_GAP_PX : widthPx - labelPx + LABEL_GAP_PX}
            y={y + height / 2}
            dominant-baseline="central"
            text-anchor={into ? "end" : "start"}
          >
            {nameOf(peer, letters)}
            <title>{`${nameOf(peer, 40)}, ${peer}: ${formatSat(amountMsat / 1000)}`}</title>
          </text>
        </g>
      ))}
    </g>
  );
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Volume by weekday and hour of the user's clock. */
function Heat({ activity }: { activity: ActivityView }) {
  const table = useMemo(() => byWeekdayAndHour(activity.hours), [activity]);
  const most = Math.max(...table.flat());
  return (
    <figure class="chart">
      <figcaption>
        <h3>When payments come</h3>
        <p>{most === 0 ? "Weekdays and hours fill with the first forwards." : heatText(table)}</p>
      </figcaption>
      {most === 0
        ? null
        : (
          <div class="scroll" tabIndex={0} role="group" aria-label="Volume by weekday and hour">
            <table class="heat">
              <thead>
                <tr>
                  <td />
                  {Array.from(
                    { length: 24 },
                    (_, hour) => <th key={hour} scope="col">{hour % 3 === 0 ? hour : ""}</th>,
                  )}
                </tr>
              </thead>
              <tbody>
                {WEEKDAYS.map((day, row) => (
                  <tr key={day}>
                    <th scope="row">{day}</th>
                    {table[row].map((volumeSat, hour) => (
                      <td
                        key={hour}
                        class={`level${Math.ceil(8 * volumeSat / most)}`}
                        title={`${day} ${hour}:00: ${formatSat(volumeSat)}`}
                      />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </figure>
  );
}

function heatText(table: number[][]): string {
  let best = { day: 0, hour: 0 };
  table.forEach((row, day) =>
    row.forEach((volume, hour) => {
      if (volume > table[best.day][best.hour]) best = { day, hour };
    })
  );
  return `Amounts forwarded in the last 31 days by weekday and hour of your clock; the busiest is ${
    WEEKDAYS[best.day]
  } ${best.hour}:00 with ${formatSat(table[best.day][best.hour])}. The darker, the more.`;
}
