/// <reference lib="dom" />
import type { Child } from "hono/jsx";
import { useMemo, useRef, useState } from "hono/jsx/dom";
import {
  Chart,
  type ChartSpec,
  type ChartStyle,
  DARK_THEME,
  LIGHT_THEME,
} from "../../charts/browser.ts";
import { useEffect } from "./effect.ts";

/** Charts are written in the page's font. */
const pageFont = () => getComputedStyle(document.body).fontFamily;

/** True while the user prefers dark colours. */
export function useDark(): boolean {
  const query = useMemo(() => matchMedia("(prefers-color-scheme: dark)"), []);
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const update = () => setDark(query.matches);
    query.addEventListener("change", update);
    return () => query.removeEventListener("change", update);
  }, []);
  return dark;
}

/** A chart of the shared specifications with its title and summary as text of the page. */
export function ChartView<T>(props: {
  make: (data: T, style: ChartStyle) => ChartSpec;
  data: T;
  /** Shown in the place of the chart while there is nothing to draw. */
  empty?: string;
  /** Below the drawing. */
  children?: Child;
}) {
  const { make, data, empty, children } = props;
  const dark = useDark();
  const spec = useMemo(
    () =>
      make(data, {
        theme: dark ? DARK_THEME : LIGHT_THEME,
        fontFamily: pageFont(),
        titles: false,
        responsive: true,
        clock: "local",
      }),
    [data, dark],
  );
  return (
    <figure class="chart">
      <figcaption>
        <h3>{spec.title}</h3>
        <p>{empty ?? spec.summary}</p>
      </figcaption>
      {empty === undefined ? <Drawing spec={spec} /> : null}
      {children}
    </figure>
  );
}

function Drawing({ spec }: { spec: ChartSpec }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart | null>(null);
  useEffect(() => () => chart.current?.destroy(), []);
  useEffect(() => {
    // A chart keeps the plugins it was made with, and theirs are texts of these very data.
    const ownPlugins = (spec.config.plugins?.length ?? 0) > 0;
    if (chart.current === null || ownPlugins) {
      chart.current?.destroy();
      chart.current = new Chart(canvas.current!, spec.config);
      return;
    }
    chart.current.data = spec.config.data;
    chart.current.options = spec.config.options ?? {};
    chart.current.update("none");
  }, [spec]);
  return (
    <div class="drawing">
      <canvas ref={canvas} role="img" aria-label={`${spec.title}. ${spec.summary}`} />
    </div>
  );
}
