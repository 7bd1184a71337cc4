import type { Child } from "hono/jsx";

/** A view with its heading, where the focus goes when it is opened. */
export function View(
  { name, title, note, children }: {
    name: string;
    title: string;
    /** Beside the heading. */
    note?: Child;
    children?: Child;
  },
) {
  return (
    <section id={name} class="view" aria-labelledby={`${name}-title`}>
      <div class="section-head">
        <h2 id={`${name}-title`} tabIndex={-1}>{title}</h2>
        {note}
      </div>
      {children}
    </section>
  );
}

/** Figures in a row. */
export interface Tile {
  label: string;
  value: string;
  note: string;
  /** `good` or `bad` colours the value. */
  tone?: string;
}

/** Figures side by side. */
export function TileRow({ tiles }: { tiles: Tile[] }) {
  return (
    <div class={`tiles n${tiles.length}`}>
      {tiles.map(({ label, value, note, tone = "" }) => (
        <article key={label} class={`tile ${tone}`}>
          <h3>{label}</h3>
          <p class="value">{value}</p>
          <p class="note">{note}</p>
        </article>
      ))}
    </div>
  );
}

/** A table that can be scrolled sideways where it is too wide; on phones each row is a card. */
export function PlainTable({ label, children }: { label: string; children?: Child }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={label}>
      <table class="plain">{children}</table>
    </div>
  );
}
