/** What is wrong with an input, before its place is known. */
export interface Problem {
  /** Stable key of the rule that was broken, for example `unknown-key`. */
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
}

const separator = '\u0000';

/** A schema reports its issues as text only; this carries rule and hint through that text. */
export function encodeProblem({ rule, message, hint }: Problem): string {
  return [rule, message, hint ?? ''].join(separator);
}

/** The problem an issue's text carries; null where the text did not come from {@link encodeProblem}. */
export function decodeProblem(text: string): Problem | null {
  const [rule, message, hint] = text.split(separator);
  if (rule === undefined || message === undefined) return null;
  return hint ? { rule, message, hint } : { rule, message };
}
