import { Chart } from "./chart_parts.ts";
import type { ChartSpec } from "./spec.ts";
import { BUNDLED_FONT } from "./theme.ts";

const FONT_FILES = [
  "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
  "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf",
];
let fontsReady = false;

/** Pixels of the picture in one CSS pixel. */
export const DEVICE_PIXEL_RATIO = 2;

/**
 * Draws a specification with Skia on white, at two device pixels per CSS pixel, in the bundled
 * font. The same specification gives the same bytes.
 *
 * @returns a PNG file
 */
export async function renderPng(spec: ChartSpec): Promise<Uint8Array> {
  // Loaded when something is drawn: the canvas is a native library of 30 MB.
  const { createCanvas, GlobalFonts } = await import("@napi-rs/canvas");
  if (!fontsReady) {
    for (const file of FONT_FILES) {
      const bytes = await Deno.readFile(new URL(import.meta.resolve(file)));
      GlobalFonts.register(bytes as Parameters<typeof GlobalFonts.register>[0], BUNDLED_FONT);
    }
    fontsReady = true;
  }
  const canvas = createCanvas(spec.widthPx, spec.heightPx);
  const chart = new Chart(canvas as unknown as ConstructorParameters<typeof Chart>[0], {
    ...spec.config,
    options: {
      ...spec.config.options,
      responsive: false,
      animation: false,
      events: [],
      devicePixelRatio: DEVICE_PIXEL_RATIO,
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
    return new Uint8Array(canvas.toBuffer("image/png"));
  } finally {
    chart.destroy();
  }
}
