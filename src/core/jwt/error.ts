/** Text that is no JSON Web Token. */
export class JwtError extends Error {
  /** Stable key of what is wrong, for example `jwt.parts`. */
  readonly rule: string;
  /** Offset into the text. */
  readonly position: number;

  constructor(rule: string, message: string, position: number) {
    super(message);
    this.name = 'JwtError';
    this.rule = rule;
    this.position = position;
  }
}
