/** What an option takes. */
export type OptionKind =
  | "path"
  | "text"
  | "url"
  | "number"
  | "integer"
  | "boolean"
  /** Several values parted by commas. */
  | "list"
  /** A value each time the flag is given; lines in the environment. */
  | "repeated";

/** One row of {@linkcode OPTIONS}. */
export interface OptionSpec {
  kind: OptionKind;
  /** What stands for the value in help. */
  value?: string;
  help: string;
  default?: string | number | boolean;
  min?: number;
  max?: number;
  choices?: readonly string[];
  /** Whoever knows it can do something with it: no error shows it. */
  secret?: boolean;
  /** How a URL may begin. */
  schemes?: readonly string[];
  /** A further environment variable that is read: what another program calls the same thing. */
  env?: string;
}
