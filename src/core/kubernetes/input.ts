/** One file as the user gave it. `name` is only used to say where something stands. */
export interface InputFile {
  readonly name: string;
  readonly text: string;
}

/** A place in the user's text; line and column count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Input that a cluster would refuse, with the rule it breaks and where. */
export interface InputError extends SourcePosition {
  /** Stable key of the rule, for example `field.type` or `name.rfc1123`. */
  readonly rule: string;
  readonly message: string;
  /** The offending value as written, where there is one. */
  readonly value?: string;
  readonly hint?: string;
}

/** Input that is fine for a cluster but means less here than its author may think. */
export interface InputNotice {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Everything found wrong or worth saying while input is read, in the order of the text. */
export class Findings {
  readonly errors: InputError[] = [];
  readonly notices: InputNotice[] = [];

  error(
    at: SourcePosition,
    rule: string,
    message: string,
    more: { value?: string; hint?: string | null } = {},
  ) {
    const { value, hint } = more;
    this.errors.push({
      rule,
      message,
      ...place(at),
      ...(value === undefined ? {} : { value: shorten(value) }),
      ...(hint === undefined || hint === null ? {} : { hint }),
    });
  }

  notice(at: SourcePosition, code: string, message: string, hint?: string) {
    this.notices.push({ code, message, ...(hint === undefined ? {} : { hint }), ...place(at) });
  }
}

function place({ file, line, column }: SourcePosition): SourcePosition {
  return { file, line, column };
}

function shorten(value: string): string {
  return value.length <= 120 ? value : `${value.slice(0, 117)}…`;
}
