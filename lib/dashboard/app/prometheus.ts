/** One figure of `/metrics`. */
export interface Metric {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const LINE = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Figures of the text that Prometheus reads; comments and what is no figure are left out. */
export function parseMetrics(text: string, prefix = ""): Metric[] {
  return text.split("\n").flatMap((line) => {
    const found = LINE.exec(line);
    if (found === null || !found[1].startsWith(prefix)) return [];
    const labels = Object.fromEntries(
      [...(found[2] ?? "").matchAll(LABEL)].map(([, name, value]) => [name, value]),
    );
    return [{ name: found[1].slice(prefix.length), labels, value: Number(found[3]) }];
  });
}
