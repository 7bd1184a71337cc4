/**
 * Floor 2: data to Chart.js configuration, shared by pictures and the browser; the renderer of PNG and SVG.
 *
 * @module
 */
export * from "./browser.ts";
export * from "./pictures.ts";
