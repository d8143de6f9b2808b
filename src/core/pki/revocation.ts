import type { CryptoProvider } from '../crypto/index.ts';
import type { Certificate } from './certificate.ts';
import { type ChainError, labelOf } from './chain.ts';
import type { Crl } from './crl.ts';
import { type CrlSources, CrlStatusCheck } from './crl-status.ts';
import type { OcspResponse } from './ocsp.ts';
import { ocspStatus } from './ocsp-status.ts';

export interface RevocationSettings {
  /**
   * `hard`: every certificate below the anchor needs an answer. `soft`: without an answer it passes. `at-hand`: it
   * passes where no list speaks for its issuer, and not where one does and cannot be used.
   */
  readonly mode: 'hard' | 'at-hand' | 'soft';
  readonly crls: readonly Crl[];
  /** What the leaf's owner stapled. */
  readonly staple?: OcspResponse | null;
}

type RevocationError = Extract<ChainError, { kind: 'revoked' | 'revocation-unknown' }>;

/** The outcome for one certificate, and what it rests on. */
interface RevocationOutcome {
  readonly error: RevocationError | null;
  readonly detail: string;
}

/** Asks what is known of a certificate's revocation (RFC 5280 6.1.3 a 3). */
export class RevocationCheck {
  readonly #provider: CryptoProvider;
  readonly #settings: RevocationSettings;
  readonly #sources: CrlSources;
  readonly #crls: CrlStatusCheck;

  constructor(provider: CryptoProvider, settings: RevocationSettings, sources: Omit<CrlSources, 'crls'>) {
    this.#provider = provider;
    this.#settings = settings;
    this.#sources = { ...sources, crls: settings.crls };
    this.#crls = new CrlStatusCheck(this.#sources);
  }

  /** @param depth where the certificate stands in `path`, 0 for the leaf */
  async check(depth: number, path: readonly Certificate[]): Promise<RevocationOutcome> {
    const certificate = path[depth]!;
    const at = { depth, certificate: labelOf(certificate), serialNumber: certificate.serialNumber };
    const faults: string[] = [];
    if (depth === 0 && this.#settings.staple) {
      const stapled = await this.askStaple(this.#settings.staple, certificate, path[1]!);
      if (stapled.kind === 'good') return { error: null, detail: 'good by the stapled OCSP response' };
      if (stapled.kind === 'revoked') {
        const { revokedAt } = stapled;
        const error = { kind: 'revoked', revokedAt, reason: null, by: 'OCSP', ...at } as const;
        return { error, detail: 'revoked by the stapled OCSP response' };
      }
      faults.push(stapled.fault);
    }
    const status = await this.#crls.statusOf(certificate, path);
    if (status.kind === 'good') return { error: null, detail: `not in ${status.by}` };
    if (status.kind === 'revoked') {
      const { revokedAt, reason } = status.entry;
      return { error: { kind: 'revoked', revokedAt, reason, by: status.by, ...at }, detail: status.by };
    }
    return this.unknown(at, [...faults, ...status.faults], status.misses, status.outOfDate);
  }

  private unknown(
    at: Pick<RevocationError, 'depth' | 'certificate' | 'serialNumber'>,
    faults: readonly string[],
    misses: readonly string[],
    outOfDate: 'expired' | 'not-yet-valid' | null,
  ): RevocationOutcome {
    const { mode } = this.#settings;
    const reasons = faults.length + misses.length > 0 ? [...faults, ...misses] : ['no CRL for its issuer'];
    const isRefused = mode === 'hard' || (mode === 'at-hand' && faults.length > 0);
    const error = isRefused
      ? ({
          kind: 'revocation-unknown',
          reasons,
          ...(outOfDate === null ? {} : { outOfDate }),
          ...at,
        } as const)
      : null;
    return { error, detail: `${mode}: ${reasons.join('; ')}` };
  }

  private askStaple(staple: OcspResponse, certificate: Certificate, issuer: Certificate) {
    const { at, signatures } = this.#sources;
    return ocspStatus(this.#provider, staple, certificate, issuer, at, signatures);
  }
}
