import { SpiffeIdError } from './error.ts';
import { examineId, SCHEME_PREFIX } from './rules.ts';
import { TrustDomain } from './trust-domain.ts';

export type SpiffeIdResult =
  { readonly ok: true; readonly id: SpiffeId } | { readonly ok: false; readonly error: SpiffeIdError };

/**
 * A SPIFFE ID: `spiffe://trust-domain/path` (SPIFFE-ID.md section 2). Strict as go-spiffe: nothing is normalised, so
 * that two IDs are equal exactly when their texts are.
 */
export class SpiffeId {
  readonly trustDomain: TrustDomain;
  /** Empty, or beginning with `/`. */
  readonly path: string;
  readonly #text: string;

  private constructor(text: string, pathStart: number) {
    this.trustDomain = TrustDomain.fromString(text.slice(SCHEME_PREFIX.length, pathStart));
    this.path = text.slice(pathStart);
    this.#text = text;
  }

  static parse(text: string): SpiffeIdResult {
    const examined = examineId(text);
    if (examined instanceof SpiffeIdError) return { ok: false, error: examined };
    return { ok: true, id: new SpiffeId(text, examined.pathStart) };
  }

  /** @throws SpiffeIdError where {@link parse} has an error */
  static fromString(text: string): SpiffeId {
    const result = SpiffeId.parse(text);
    if (!result.ok) throw result.error;
    return result.id;
  }

  /**
   * Istio's convention, `spiffe://<trust domain>/ns/<namespace>/sa/<service account>` (istio pkg/spiffe/spiffe.go).
   *
   * @throws SpiffeIdError where a part has characters that an ID cannot have
   */
  static forServiceAccount(
    trustDomain: TrustDomain | string,
    namespace: string,
    serviceAccount: string,
  ): SpiffeId {
    return SpiffeId.fromString(`${SCHEME_PREFIX}${trustDomain}/ns/${namespace}/sa/${serviceAccount}`);
  }

  get segments(): readonly string[] {
    return this.path === '' ? [] : this.path.slice(1).split('/');
  }

  equals(other: SpiffeId): boolean {
    return this.#text === other.#text;
  }

  memberOf(trustDomain: TrustDomain | string): boolean {
    return this.trustDomain.name === trustDomain.toString();
  }

  toString(): string {
    return this.#text;
  }
}
