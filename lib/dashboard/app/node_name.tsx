import { createContext, useContext } from "hono/jsx/dom";
import { calledBy, type Names } from "./names.ts";

/** The names that the server has told. */
export const NamesContext = createContext<Names>(new Map());

/** What calls any node by its name. */
export function useNames(): (key: string, maxLength?: number) => string {
  const names = useContext(NamesContext);
  return (key, maxLength) => calledBy(names.get(key), key, maxLength);
}

/** A node's name; its letters don't turn the text around it. */
export function NodeName({ id, maxLength }: { id: string; maxLength?: number }) {
  return <bdi title={id}>{useNames()(id, maxLength)}</bdi>;
}
