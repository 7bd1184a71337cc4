/// <reference lib="dom" />
import { useState } from "hono/jsx/dom";
import { SECOND_MS } from "../../core/browser.ts";
import { useEffect } from "./effect.ts";

/** What was fetched, and what went wrong. Old data stay while new ones can't be had. */
export interface Resource<T> {
  data?: T;
  /** HTTP status of the last answer; 0 where none came. Undefined while the first is awaited. */
  status?: number;
  /** What went wrong, for the user. */
  problem?: string;
}

/** How often a view that is open asks again. */
const AGAIN_MS = 30 * SECOND_MS;

/** Why an answer is no success, in words. */
export async function problemText(response: Response | undefined): Promise<string> {
  if (response === undefined) return "The server can't be reached.";
  const body: { detail?: unknown } = await response.json().catch(() => ({}));
  return typeof body.detail === "string" ? body.detail : `The server answers ${response.status}.`;
}

/**
 * What a path of the server answers, asked again now and then and whenever `fresh` changes.
 *
 * @param fresh whatever tells that the answer may be another one, such as the time of the plan
 * @param againMs how often it is asked again
 */
export function useResource<T>(path: string, fresh?: unknown, againMs = AGAIN_MS): Resource<T> {
  const [known, setKnown] = useState<{ path: string; resource: Resource<T> }>({
    path,
    resource: {},
  });
  useEffect(() => {
    let current = true;
    const load = async () => {
      const response = await fetch(path).catch(() => undefined);
      const ok = response?.ok ?? false;
      const next: Resource<T> = ok && response !== undefined
        ? { data: await response.json(), status: response.status }
        : { status: response?.status ?? 0, problem: await problemText(response) };
      if (!current) return;
      setKnown((old) => ({
        path,
        resource: ok || old.path !== path ? next : { ...next, data: old.resource.data },
      }));
    };
    void load();
    const timer = setInterval(load, againMs);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [path, fresh]);
  return known.path === path ? known.resource : {};
}

/**
 * Asks the server to do something; undefined when it did, else why not.
 *
 * @param body sent as JSON
 */
export async function post(path: string, body?: object): Promise<string | undefined> {
  const response = await fetch(path, {
    method: "POST",
    ...(body && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  }).catch(() => undefined);
  return response?.ok ? undefined : await problemText(response);
}
