/**
 * Floor 2: data to Chart.js configuration, shared by pictures and the browser; the PNG renderer.
 *
 * @module
 */
export * from "./browser.ts";
export * from "./png.ts";
