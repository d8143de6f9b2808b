/**
 * Input that is no certificate, request, key or list: unusable, as opposed to a certificate that is read but
 * refused (those are values, see {@link ChainError}).
 */
export class PkiError extends Error {
  override readonly name = 'PkiError';
  /** Stable name of the rule that was broken, for example `certificate.version`. */
  readonly rule: string;
  /** Offset into the bytes given, where the complaint has one. */
  readonly offset: number | null;

  constructor(rule: string, message: string, offset: number | null = null) {
    super(offset === null ? message : `${message} (at offset ${offset})`);
    this.rule = rule;
    this.offset = offset;
  }
}
