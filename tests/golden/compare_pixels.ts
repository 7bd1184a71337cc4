import { createCanvas, loadImage } from "@napi-rs/canvas";

/** How much smaller than the picture a golden is. */
const SHRINK = 4;

/** A picture at a quarter of its size: strokes and letters as shades, a small file. */
export async function smallPng(png: Uint8Array): Promise<Uint8Array> {
  const image = await loadImage(png as Parameters<typeof loadImage>[0]);
  const canvas = createCanvas(Math.round(image.width / SHRINK), Math.round(image.height / SHRINK));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Uint8Array(canvas.toBuffer("image/png"));
}

/** Share of pixels that differ by more than `most` of 255 in a colour; 1 for another size. */
export async function differingShare(a: Uint8Array, b: Uint8Array, most: number): Promise<number> {
  const [one, other] = await Promise.all([a, b].map(pixelsOf));
  if (one.width !== other.width || one.height !== other.height) return 1;
  let differing = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    const differs = [0, 1, 2].some((c) => Math.abs(one.data[at + c] - other.data[at + c]) > most);
    if (differs) differing++;
  }
  return differing / (one.data.length / 4);
}

async function pixelsOf(png: Uint8Array) {
  const image = await loadImage(png as Parameters<typeof loadImage>[0]);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}
