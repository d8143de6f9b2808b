import type { ReadableError } from './protocol.ts';

/** What is wrong with a lesson file, and where. Lines and columns count from 1. */
export interface ScenarioError {
  /** Stable key of the rule that was broken, for example `unknown-pod`. */
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Id of the step it stands in, or `#3` for a third step without a readable id. */
  readonly step?: string;
  readonly hint?: string;
}

/** `scenario rotation.yaml:31:9, step "renewal": unknown pod "shop/revews" (did you mean "shop/reviews"?)` */
export function formatScenarioError({ message, file, line, column, step, hint }: ScenarioError): string {
  const where = `scenario ${file}:${line}:${column}${step === undefined ? '' : `, step "${step}"`}`;
  return `${where}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}

/** The error as a page shows it. A lesson that cannot be read ends the session that should have run it. */
export function readableScenarioError(error: ScenarioError): ReadableError {
  return { ...error, fatal: true };
}
