/** One line of evidence: a check that was made, whether it passed, and what it looked at. */
export interface Check {
  /** Stable key, for example `token.audience`. */
  readonly id: string;
  readonly ok: boolean;
  /** The values the check compared, in the field's own notation. */
  readonly detail?: string;
}
