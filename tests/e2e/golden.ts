/**
 * Golden screenshots in `tests/golden/dashboard`: written by
 *
 *     GOLDEN=write deno run -A tasks/test.ts tests/e2e/dashboard_views_test.ts
 *
 * They are kept at a quarter of their size, in which single letters don't count but places, colours
 * and sizes do. The tolerance leaves room for other versions of Chromium: they smooth edges
 * otherwise.
 */
import { createCanvas, loadImage } from "@napi-rs/canvas";

const FOLDER = new URL("../golden/dashboard/", import.meta.url);
const WRITE = Deno.env.get("GOLDEN") === "write";
/** Of a side of the picture. */
const SCALE = 1 / 4;
/** Mean difference of a colour channel, of 255. */
const MOST_MEAN = 2.5;
/** Share of pixels of which a channel may differ by more than {@linkcode FAR}, of 255. */
const MOST_FAR = 0.02;
const FAR = 40;

interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** Why a screenshot is not like its golden; undefined where it is, or where it was written. */
export async function unlikeGolden(name: string, png: Uint8Array): Promise<string | undefined> {
  const file = new URL(`${name}.png`, FOLDER);
  const small = await smaller(png);
  if (WRITE) {
    await Deno.mkdir(FOLDER, { recursive: true });
    await Deno.writeFile(file, small.png);
    return undefined;
  }
  const [golden, now] = [await pixelsOf(await Deno.readFile(file)), await pixelsOf(small.png)];
  if (golden.width !== now.width || golden.height !== now.height) {
    return `${name}: ${now.width} x ${now.height} pixels, ${golden.width} x ${golden.height} expected`;
  }
  let sum = 0, far = 0;
  for (let i = 0; i < now.data.length; i += 4) {
    let most = 0;
    for (let channel = i; channel < i + 3; channel++) {
      const difference = Math.abs(now.data[channel] - golden.data[channel]);
      sum += difference;
      most = Math.max(most, difference);
    }
    if (most > FAR) far++;
  }
  const pixels = now.width * now.height;
  const mean = sum / pixels / 3;
  return mean <= MOST_MEAN && far / pixels <= MOST_FAR
    ? undefined
    : `${name}: mean difference ${mean.toFixed(2)}, ${(100 * far / pixels).toFixed(1)} % far off`;
}

async function smaller(png: Uint8Array): Promise<{ png: Uint8Array }> {
  const image = await loadImage(png);
  const canvas = createCanvas(
    Math.round(image.width * SCALE),
    Math.round(image.height * SCALE),
  );
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { png: new Uint8Array(canvas.toBuffer("image/png")) };
}

async function pixelsOf(png: Uint8Array): Promise<Pixels> {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}
