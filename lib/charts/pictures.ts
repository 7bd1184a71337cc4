import { Chart } from "./chart_parts.ts";
import type { ChartSpec } from "./spec.ts";
import { shortOutlines } from "./svg_outlines.ts";
import { BUNDLED_FONT } from "./theme.ts";

const FONT_FILES = [
  "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
  "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf",
];
let fontsReady = false;

/** Pixels of a PNG in one CSS pixel. */
export const DEVICE_PIXEL_RATIO = 2;

type ChartItem = ConstructorParameters<typeof Chart>[0];

/**
 * Draws a specification with Skia on white, at two device pixels per CSS pixel, in the bundled
 * font. The same specification gives the same bytes.
 *
 * @returns a PNG file
 */
export async function renderPng(spec: ChartSpec): Promise<Uint8Array> {
  const { createCanvas } = await loadCanvas();
  const canvas = createCanvas(spec.widthPx, spec.heightPx);
  return drawn(
    spec,
    canvas as unknown as ChartItem,
    DEVICE_PIXEL_RATIO,
    () => new Uint8Array(canvas.toBuffer("image/png")),
  );
}

/**
 * Draws a specification as {@linkcode renderPng} does, but as lines and text. Title and summary
 * stand in it for screen readers. Several may stand in one page: names within begin with that of the
 * specification.
 *
 * @returns an SVG document
 */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  const { createCanvas, SvgExportFlag } = await loadCanvas();
  const canvas = createCanvas(spec.widthPx, spec.heightPx, SvgExportFlag.NoPrettyXML);
  const item = canvas as unknown as ChartItem;
  const content = drawn(spec, item, 1, () => canvas.getContent().toString("utf8"));
  const body = content.slice(content.indexOf(">", content.indexOf("<svg")) + 1);
  const { name, widthPx, heightPx, title, summary } = spec;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `viewBox="0 0 ${widthPx} ${heightPx}" role="img">` +
    `<title>${escapeXml(title)}</title><desc>${escapeXml(summary)}</desc>` +
    shortOutlines(renamed(body, name)).replaceAll(
      `"${BUNDLED_FONT}"`,
      `"${BUNDLED_FONT}, Verdana, sans-serif"`,
    );
}

/** Skia numbers what it defines through the whole process: the names must follow from the picture alone. */
function renamed(body: string, prefix: string): string {
  const names = new Map<string, string>();
  for (const [, name] of body.matchAll(/ id="([^"]+)"/g)) {
    names.set(name, `${prefix}-${names.size + 1}`);
  }
  return body.replace(
    /( id="|url\(#|href="#)([^")]+)/g,
    (_, before: string, name: string) => before + (names.get(name) ?? name),
  );
}

/** Loaded when something is drawn: the canvas is a native library of 30 MB. */
async function loadCanvas() {
  const canvas = await import("@napi-rs/canvas");
  if (!fontsReady) {
    const { GlobalFonts } = canvas;
    for (const file of FONT_FILES) {
      const bytes = await Deno.readFile(new URL(import.meta.resolve(file)));
      GlobalFonts.register(bytes as Parameters<typeof GlobalFonts.register>[0], BUNDLED_FONT);
    }
    fontsReady = true;
  }
  return canvas;
}

/** Draws on a canvas and takes from it what is wanted, before the chart lets go of it. */
function drawn<T>(spec: ChartSpec, canvas: ChartItem, devicePixelRatio: number, take: () => T): T {
  const chart = new Chart(canvas, {
    ...spec.config,
    options: {
      ...spec.config.options,
      // Numbers look the same whatever the machine speaks.
      locale: "en-US",
      responsive: false,
      animation: false,
      events: [],
      devicePixelRatio,
    },
    plugins: [...spec.config.plugins ?? [], {
      id: "background",
      beforeDraw({ ctx, width, height }) {
        ctx.save();
        ctx.fillStyle = "#ffffff";
        ctx.fillRect(0, 0, width, height);
        ctx.restore();
      },
    }],
  });
  try {
    return take();
  } finally {
    chart.destroy();
  }
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
