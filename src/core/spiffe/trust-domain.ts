import { SpiffeIdError } from './error.ts';
import { examineId, examineTrustDomain, SCHEME_PREFIX } from './rules.ts';

export type TrustDomainResult =
  | { readonly ok: true; readonly trustDomain: TrustDomain }
  | { readonly ok: false; readonly error: SpiffeIdError };

/** A trust domain: the authority of a SPIFFE ID (SPIFFE-ID.md section 2.1). Opaque text, no DNS name. */
export class TrustDomain {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** Reads a bare name or, as go-spiffe does, the trust domain of a whole SPIFFE ID (anything with `:/` in it). */
  static parse(text: string): TrustDomainResult {
    if (text.includes(':/')) {
      const examined = examineId(text);
      if (examined instanceof SpiffeIdError) return { ok: false, error: examined };
      return { ok: true, trustDomain: new TrustDomain(text.slice(SCHEME_PREFIX.length, examined.pathStart)) };
    }
    const error = examineTrustDomain(text, 0, text.length);
    return error === null ? { ok: true, trustDomain: new TrustDomain(text) } : { ok: false, error };
  }

  /** @throws SpiffeIdError where {@link parse} has an error */
  static fromString(text: string): TrustDomain {
    const result = TrustDomain.parse(text);
    if (!result.ok) throw result.error;
    return result.trustDomain;
  }

  /** The ID of the domain itself, `spiffe://name`. */
  get id(): string {
    return SCHEME_PREFIX + this.name;
  }

  equals(other: TrustDomain): boolean {
    return this.name === other.name;
  }

  toString(): string {
    return this.name;
  }
}
