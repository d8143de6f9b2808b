import type { Certificate } from './certificate.ts';
import type { Crl, RevokedCertificate } from './crl.ts';
import { crlFault, crlIssuersOf, entryFor, isDeltaOf, outOfScope, reasonsCovered } from './crl-rules.ts';
import { ALL_REASONS, type DistributionPoint } from './distribution-point.ts';
import type { SignatureChecks } from './signature-checks.ts';

/** What the CRLs at hand say of a certificate. */
export type CrlStatus =
  | { readonly kind: 'good'; readonly by: string }
  | { readonly kind: 'revoked'; readonly entry: RevokedCertificate; readonly by: string }
  | {
      readonly kind: 'unknown';
      /** Why CRLs that claim to speak for the certificate's issuer cannot be used. */
      readonly faults: readonly string[];
      /** Why others do not speak of it. */
      readonly misses: readonly string[];
      /** The list that would speak of it is too old, or not in force yet. */
      readonly outOfDate: 'expired' | 'not-yet-valid' | null;
    };

export interface CrlSources {
  readonly crls: readonly Crl[];
  readonly at: Date;
  readonly strict: boolean;
  readonly signatures: SignatureChecks;
  /** Certificates among which a CRL's signer may be, beside those of the path. */
  readonly certificates: readonly Certificate[];
  /** Whether a certificate that is not in the path is valid up to the path's anchor (RFC 5280 6.3.3 f). */
  readonly isTrusted: (signer: Certificate, anchor: Certificate) => Promise<boolean>;
}

/** The point that stands for every CRL of the issuer (RFC 5280 6.3.3, last paragraph). */
const WHOLE_ISSUER: DistributionPoint = { name: null, reasons: null, cRLIssuer: null };

/** Revocation by CRL (RFC 5280 6.3.3), complete, partitioned, indirect and delta CRLs included. */
export class CrlStatusCheck {
  readonly #sources: CrlSources;
  readonly #byIssuer = new Map<string, Crl[]>();
  readonly #faults = new Map<Crl, string | null>();

  constructor(sources: CrlSources) {
    this.#sources = sources;
    for (const crl of sources.crls) {
      const same = this.#byIssuer.get(crl.issuer.key);
      if (same === undefined) this.#byIssuer.set(crl.issuer.key, [crl]);
      else same.push(crl);
    }
  }

  /** @param path the path the certificate stands in, anchor last; its issuer is at `depth + 1` */
  async statusOf(certificate: Certificate, path: readonly Certificate[]): Promise<CrlStatus> {
    const faults: string[] = [];
    const misses: string[] = [];
    let outOfDate: Extract<CrlStatus, { kind: 'unknown' }>['outOfDate'] = null;
    let covered = 0;
    for (const point of [...(certificate.cRLDistributionPoints ?? []), WHOLE_ISSUER]) {
      for (const crl of this.completeFor(point, certificate)) {
        const miss = outOfScope(crl, point, certificate);
        if (miss !== null) misses.push(miss);
        const reasons = reasonsCovered(crl, point);
        if (miss !== null || (reasons & ~covered) === 0) continue;
        const fault = this.faultOf(crl) ?? (await this.signerFault(crl, path));
        if (fault !== null) {
          faults.push(fault);
          outOfDate ??= this.outOfDate(crl);
          continue;
        }
        const entry = await this.findEntry(crl, certificate, path);
        if (entry !== null) return { kind: 'revoked', entry, by: nameOf(crl) };
        covered |= reasons;
        if (covered === ALL_REASONS) return { kind: 'good', by: nameOf(crl) };
      }
    }
    if (covered !== 0) misses.push('the CRLs do not cover every reason for revocation');
    else if (this.hasOnlyDeltas(certificate)) faults.push('a delta CRL without its base (RFC 5280 5.2.4)');
    return { kind: 'unknown', faults: [...new Set(faults)], misses: [...new Set(misses)], outOfDate };
  }

  private outOfDate({ thisUpdate, nextUpdate }: Crl): 'expired' | 'not-yet-valid' | null {
    const { at } = this.#sources;
    if (at < thisUpdate) return 'not-yet-valid';
    return nextUpdate !== null && at > nextUpdate ? 'expired' : null;
  }

  private completeFor(point: DistributionPoint, certificate: Certificate): readonly Crl[] {
    return crlIssuersOf(point, certificate)
      .flatMap((issuer) => this.#byIssuer.get(issuer.key) ?? [])
      .filter(({ baseCrlNumber }) => baseCrlNumber === null);
  }

  private hasOnlyDeltas({ issuer }: Certificate): boolean {
    const crls = this.#byIssuer.get(issuer.key) ?? [];
    return crls.length > 0 && crls.every(({ baseCrlNumber }) => baseCrlNumber !== null);
  }

  private faultOf(crl: Crl): string | null {
    let fault = this.#faults.get(crl);
    if (fault === undefined) {
      const { at, strict } = this.#sources;
      this.#faults.set(crl, (fault = crlFault(crl, at, strict)));
    }
    return fault;
  }

  /** 6.3.3 (i) to (k): a delta has the last word. */
  private async findEntry(
    base: Crl,
    certificate: Certificate,
    path: readonly Certificate[],
  ): Promise<RevokedCertificate | null> {
    const deltas = (this.#byIssuer.get(base.issuer.key) ?? [])
      .filter((crl) => isDeltaOf(crl, base) && this.faultOf(crl) === null)
      .sort((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime());
    for (const delta of deltas) {
      if ((await this.signerFault(delta, path)) !== null) continue;
      const entry = entryFor(delta, certificate);
      if (entry === null) break;
      return entry.reason === 'removeFromCRL' ? null : entry;
    }
    return entryFor(base, certificate);
  }

  /** 6.3.3 (f) and (g). */
  private async signerFault(crl: Crl, path: readonly Certificate[]): Promise<string | null> {
    const { signatures, certificates, isTrusted } = this.#sources;
    const isNamed = ({ subject }: Certificate): boolean => subject.equals(crl.issuer);
    const inPath = path.filter(isNamed);
    const others = certificates.filter((one) => isNamed(one) && !inPath.includes(one));
    let fault = 'no certificate of the CRL’s issuer is at hand (RFC 5280 6.3.3 f)';
    for (const signer of [...inPath, ...others]) {
      const outcome = await signatures.check(crl, signer);
      if (outcome === 'refused') return `${crl.signatureAlgorithm.name} is not accepted for a CRL`;
      if (outcome !== 'valid') {
        fault = 'no certificate of the CRL’s issuer has signed it (RFC 5280 6.3.3 g)';
      } else if (!(signer.keyUsage?.includes('cRLSign') ?? true)) {
        fault = 'the CRL’s signer may not sign CRLs: no cRLSign in keyUsage (RFC 5280 6.3.3 f)';
      } else if (inPath.includes(signer) || (await isTrusted(signer, path[path.length - 1]!))) {
        return null;
      } else fault = 'the CRL’s signer has no valid path to the same anchor (RFC 5280 6.3.3 f)';
    }
    return fault;
  }
}

function nameOf({ issuer, crlNumber }: Crl): string {
  return `CRL${crlNumber === null ? '' : ` ${crlNumber}`} of ${issuer.toString()}`;
}
