import type { Resource } from "./resource.ts";

/** Stands in the place of what is not there yet, or says why it can't be had. */
export function Loading({ of, what }: { of: Resource<unknown>; what: string }) {
  if (of.problem !== undefined) {
    return (
      <p class="empty" role="alert">
        {what} can't be shown: {of.problem} It is asked for again every half minute.
      </p>
    );
  }
  return <p class="empty">Loading {what} …</p>;
}
