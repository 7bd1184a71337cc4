import type { Plan } from "../../planning/mod.ts";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type MetricName, METRICS, type MetricSpec } from "./metrics_table.ts";

type NamesOf<T extends MetricSpec["type"]> = {
  [N in MetricName]: (typeof METRICS)[N]["type"] extends T ? N : never;
}[MetricName];

/** What comes before every name on the wire. */
export const METRIC_PREFIX = "lightning_lens_";

/** The figures behind `/metrics`; each server has its own. */
export class ServerMetrics {
  #registry = new Registry();
  #counters = new Map<MetricName, Counter>();
  #gauges = new Map<MetricName, Gauge>();
  #histograms = new Map<MetricName, Histogram>();

  constructor() {
    for (const [name, spec] of Object.entries(METRICS) as [MetricName, MetricSpec][]) {
      const options = {
        name: METRIC_PREFIX + name,
        help: spec.help,
        labelNames: [...spec.labels],
        registers: [this.#registry],
      };
      if (spec.type === "counter") this.#counters.set(name, new Counter(options));
      if (spec.type === "gauge") this.#gauges.set(name, new Gauge(options));
      if (spec.type === "histogram") {
        const buckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
        this.#histograms.set(name, new Histogram({ ...options, buckets }));
      }
    }
  }

  /** Adds to a counter. */
  add(name: NamesOf<"counter">, labels: Record<string, string> = {}, by = 1): void {
    this.#counters.get(name)!.inc(labels, by);
  }

  /** Sets a gauge. */
  set(name: NamesOf<"gauge">, value: number, labels: Record<string, string> = {}): void {
    this.#gauges.get(name)!.set(labels, value);
  }

  /** Forgets all values of a gauge with labels. */
  clear(name: NamesOf<"gauge">): void {
    this.#gauges.get(name)!.reset();
  }

  /** Adds an observation to a histogram. */
  observe(name: NamesOf<"histogram">, value: number): void {
    this.#histograms.get(name)!.observe(value);
  }

  /** Suggestions, and channels by decision. */
  showPlan({ suggestions, decisions }: Plan): void {
    this.clear("decisions");
    const counts = new Map<string, number>();
    for (const { code } of decisions) counts.set(code, (counts.get(code) ?? 0) + 1);
    for (const [code, count] of counts) this.set("decisions", count, { code });
    this.set("suggestions", suggestions.length);
  }

  /** The text that Prometheus reads. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
