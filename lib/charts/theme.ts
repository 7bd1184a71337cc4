/**
 * Colours after Okabe and Ito (2008), which stay apart for the common kinds of colour blindness;
 * every colour means one thing in all charts.
 */
export interface ChartTheme {
  text: string;
  mutedText: string;
  grid: string;
  surface: string;
  /** Local balance is missing: drained, short of outbound liquidity. */
  shortOutbound: string;
  /** Remote balance is missing: saturated, short of inbound liquidity. */
  shortInbound: string;
  /** As it should be; also gain. */
  fine: string;
  /** The optimal interval behind a {@linkcode ChartTheme.fine} mark. */
  fineArea: string;
  /** Cost. */
  cost: string;
  /** Unknown, still learning, or only for comparison. */
  neutral: string;
}

/** On white: pictures, and pages in light mode. */
export const LIGHT_THEME: ChartTheme = {
  text: "#1c2430",
  mutedText: "#566071",
  grid: "#e3e7ed",
  surface: "#ffffff",
  shortOutbound: "#d55e00",
  shortInbound: "#0072b2",
  fine: "#008a64",
  fineArea: "#bfe3d7",
  cost: "#e69f00",
  neutral: "#8b94a3",
};

/** On near-black: pages in dark mode. */
export const DARK_THEME: ChartTheme = {
  text: "#e4e8ee",
  mutedText: "#9aa5b5",
  grid: "#2b323d",
  surface: "#161b22",
  shortOutbound: "#f0884a",
  shortInbound: "#56b4e9",
  fine: "#2fbf94",
  fineArea: "#1f5546",
  cost: "#f0b93a",
  neutral: "#7d8796",
};

/** How a chart is drawn; its data decide the rest. */
export interface ChartStyle {
  theme: ChartTheme;
  /** Family of all text. */
  fontFamily: string;
  /** Draw title and summary into the chart; off where the page shows them itself. */
  titles: boolean;
  /** Follow the size of the page's element instead of the size in the specification. */
  responsive: boolean;
  /** By which clock times are written. */
  clock: "UTC" | "local";
}

/** Name under which the bundled font is registered. */
export const BUNDLED_FONT = "DejaVu Sans";

/** Style of pictures: on white, with titles, in the bundled font. */
export const PICTURE_STYLE: ChartStyle = {
  theme: LIGHT_THEME,
  fontFamily: BUNDLED_FONT,
  titles: true,
  responsive: false,
  clock: "UTC",
};
