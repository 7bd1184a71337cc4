import { DAY_MS } from "../../core/mod.ts";
import { channelKey } from "../../liquidity/mod.ts";
import type { Network } from "../../network/mod.ts";
import type { ChannelOutlook, Plan } from "../../planning/mod.ts";
import type { LensEvent, Suggestion } from "../../protocol/mod.ts";
import type { Store } from "../../store/mod.ts";
import { Activity, ACTIVITY_DAYS } from "../state/activity.ts";
import { ChannelTrails, TRAIL_MS } from "../state/channel_trail.ts";
import { Dismissals } from "../state/dismissals.ts";
import { rowKey } from "../state/live_channels.ts";
import { type Run, Runs } from "../state/runs.ts";
import type { RecommendationsView } from "../views/schemas.ts";
import { recommendationsView } from "../views/views.ts";

/** Rows of hours that are read at once. */
const PAGE = 10_000;

/** What people look at beside forecasts and plans: what happened lately, and what they decided. */
export class Insights {
  readonly activity = new Activity();
  readonly trails = new ChannelTrails();
  readonly dismissals: Dismissals;
  readonly runs: Runs;
  /** The graph that routes are looked for in. */
  network: Network | undefined;

  /** @param onRun told of every step of a rebalance under way */
  constructor(private readonly store: Store, onRun: (run: Run) => void) {
    this.dismissals = new Dismissals(store);
    this.runs = new Runs(onRun);
  }

  /** What a node calls itself; null where the graph does not tell. */
  aliasOf(node: string): string | null {
    const at = this.network?.nodeOf(node);
    return at === undefined ? null : this.network!.aliases[at] || null;
  }

  see(event: LensEvent): void {
    this.activity.see(event);
    this.trails.see(event);
    this.runs.see(event);
  }

  /** Takes down what is forecast now. */
  foresee(outlooks: readonly ChannelOutlook[], timeMs: number): void {
    for (const outlook of outlooks) {
      if (outlook.optimal) this.trails.forecast(rowKey(outlook), timeMs, outlook.optimal);
    }
  }

  /** After a start: hours that have left the journal, forecasts of the last week, dismissals. */
  async recall(nowMs: number): Promise<void> {
    const { store } = this;
    await this.dismissals.recall(nowMs);
    if (!Number.isFinite(nowMs)) return;
    const fromMs = nowMs - ACTIVITY_DAYS * DAY_MS;
    for (let offset = 0;; offset += PAGE) {
      const rows = await store.hours({ fromMs, limit: PAGE, offset });
      this.activity.addHours(rows);
      if (rows.length < PAGE) break;
    }
    for (const row of await store.predictions(nowMs - TRAIL_MS)) {
      this.trails.forecast(channelKey(row.node, row.channelId), row.timeMs, row);
    }
  }

  /** A plan as it is shown, of one node where one is given. */
  planView(
    plan: Plan | undefined,
    { modelId, nowMs, node }: { modelId: string | undefined; nowMs: number; node?: string },
  ): RecommendationsView {
    const until = (suggestion: Suggestion) => this.dismissals.until(suggestion, nowMs);
    return recommendationsView(plan, modelId, node, until);
  }
}
