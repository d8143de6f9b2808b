/** Exit codes of every command. */
export const exitCode = { ok: 0, expectationFailed: 1, unusableInput: 2 } as const;

/** Input that cannot be used: the message goes to stderr, and nothing is left half-written. */
export class UnusableInput extends Error {
  override readonly name = 'UnusableInput';
}
