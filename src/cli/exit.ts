/** Exit codes of every command. Anything else is a bug of svidlab's own. */
export const exitCode = {
  ok: 0,
  expectationFailed: 1,
  unusableInput: 2,
  handshakeFailed: 3,
  bug: 70,
} as const;

/** What is wrong with an input, and where; lines and columns count from 1. */
export interface InputProblem {
  readonly message: string;
  /** Stable key of the rule that was broken. */
  readonly rule?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Id of the step of a lesson it stands in. */
  readonly step?: string;
  /** The offending value as written. */
  readonly value?: string;
  readonly hint?: string;
}

/** Input that cannot be used: the problems go to stderr, and nothing is left half-written. */
export class UnusableInput extends Error {
  override readonly name = 'UnusableInput';
  readonly problems: readonly InputProblem[];

  constructor(problems: string | InputProblem | readonly InputProblem[]) {
    const list: readonly InputProblem[] =
      typeof problems === 'string' ? [{ message: problems }] : 'message' in problems ? [problems] : problems;
    super(list.map(({ message }) => message).join('; '));
    this.problems = list;
  }
}

/**
 * `shop.yaml:12:7: must be a whole number [field.type]`, with value and hint on lines of their own.
 * Control characters of the input are made visible, so that no file can steer the terminal it is reported on.
 */
export function formatProblem(problem: InputProblem): string {
  const { message, rule, step, value, hint } = problem;
  const lines = [
    `${placeOf(problem)}${step === undefined ? '' : `step "${step}": `}${message}${rule === undefined ? '' : ` [${rule}]`}`,
    ...(value === undefined ? [] : [`    value: ${value}`]),
    ...(hint === undefined ? [] : [`    hint:  ${hint}`]),
  ];
  return lines.map(printable).join('\n');
}

/** `shop.yaml:12:7: ` as editors and terminals link it; empty where the problem has no place. */
export function placeOf({ file, line, column }: Pick<InputProblem, 'file' | 'line' | 'column'>): string {
  if (file === undefined || file === '') return '';
  return `${[file, line, column].filter((part) => part !== undefined).join(':')}: `;
}

/** Text of somebody else's, on one line and without anything a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === '\t' ? ' ' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
