import type { CryptoProvider } from '../crypto/index.ts';
import type { Certificate } from './certificate.ts';
import { checkForm, checkIssuance } from './certificate-profile.ts';
import { type ChainError, type ChainToVerify, type Check, labelOf, type PathCheckId } from './chain.ts';
import { checkNameConstraints, type ImposedConstraints } from './name-constraint-check.ts';
import { OID } from './oid.ts';
import { keyIdentifiersDiffer, type PathSearch, unknownIssuer } from './path-search.ts';
import { verifySignature } from './signature.ts';

/** Smallest RSA modulus accepted (NIST SP 800-131A; Envoy and Go's minimum too). */
const MIN_RSA_BITS = 2048;

/**
 * Validates one path by RFC 5280 6.1, from the anchor down to the leaf.
 *
 * @param path leaf first, anchor last
 * @param checks each check made is appended
 * @returns the first failure, or null
 */
export async function validatePath(
  provider: CryptoProvider,
  path: readonly Certificate[],
  rules: ChainToVerify,
  search: PathSearch,
  checks: Check[],
): Promise<ChainError | null> {
  return new PathValidation(provider, path, rules, search, checks).run();
}

class PathValidation {
  readonly #provider: CryptoProvider;
  readonly #path: readonly Certificate[];
  readonly #rules: ChainToVerify;
  readonly #search: PathSearch;
  readonly #checks: Check[];
  readonly #constraints: ImposedConstraints[] = [];
  /** max_path_length of 6.1.2 (k): how many more CAs may follow; null without limit. */
  #pathLength: number | null = null;

  constructor(
    provider: CryptoProvider,
    path: readonly Certificate[],
    rules: ChainToVerify,
    search: PathSearch,
    checks: Check[],
  ) {
    this.#provider = provider;
    this.#path = path;
    this.#rules = rules;
    this.#search = search;
    this.#checks = checks;
    this.#pathLength = rules.maxPathLength ?? null;
  }

  async run(): Promise<ChainError | null> {
    const anchorDepth = this.#path.length - 1;
    const anchor = this.#path[anchorDepth]!;
    const anchorError = this.checkAnchor(anchor, anchorDepth);
    if (anchorError !== null) return anchorError;
    for (let depth = anchorDepth - 1; depth >= 0; depth--) {
      const certificate = this.#path[depth]!;
      const error =
        (await this.checkBasics(certificate, this.#path[depth + 1]!, depth)) ??
        (depth > 0 ? this.prepareForNext(certificate, depth) : this.wrapUp(certificate));
      if (error !== null) return error;
    }
    return null;
  }

  /** RFC 5280 6.2 allows what a trust anchor's certificate says about itself to limit the paths below it. */
  private checkAnchor(anchor: Certificate, depth: number): ChainError | null {
    if (this.#rules.anchors === 'name-and-key') return null;
    const error =
      this.checkProfile(anchor, depth, 'anchor') ?? this.checkValidity(anchor, depth, 'anchor.validity');
    return error ?? (anchor.version === 3 ? this.prepareForNext(anchor, depth) : null);
  }

  /** 6.1.3 (a) to (c). */
  private async checkBasics(
    certificate: Certificate,
    issuer: Certificate,
    depth: number,
  ): Promise<ChainError | null> {
    return (
      this.checkProfile(certificate, depth, depth === 0 ? 'leaf' : 'intermediate') ??
      (await this.checkSignature(certificate, issuer, depth)) ??
      this.checkValidity(certificate, depth, 'path.validity') ??
      this.checkIssuerName(certificate, issuer) ??
      this.checkNames(certificate, depth)
    );
  }

  private checkProfile(
    certificate: Certificate,
    depth: number,
    role: 'leaf' | 'intermediate' | 'anchor',
  ): ChainError | null {
    const strict = this.#rules.strict ?? true;
    const error =
      checkForm(certificate, depth) ??
      (strict ? checkIssuance(certificate, role, depth) : null) ??
      checkKey(certificate, depth);
    return this.note(
      'path.profile',
      certificate,
      error,
      () => `version ${certificate.version}, ${describeKey(certificate)}`,
    );
  }

  /** 6.1.3 (a)(1). */
  private async checkSignature(
    certificate: Certificate,
    issuer: Certificate,
    depth: number,
  ): Promise<ChainError | null> {
    const { name, scheme } = certificate.signatureAlgorithm;
    const at = { depth, certificate: labelOf(certificate) };
    const detail = () => `${name} by ${labelOf(issuer)}`;
    const refuse = (reason: 'weak' | 'unknown' | 'malformed' | 'wrong-key') =>
      this.note(
        'path.signature',
        certificate,
        { kind: 'signature-algorithm-refused', algorithm: name, reason, ...at },
        detail,
      );
    if (scheme.kind === 'refused') return refuse(scheme.reason);
    const verdict = await verifySignature(this.#provider, {
      spki: issuer.spki,
      key: issuer.publicKey,
      scheme,
      data: certificate.tbs,
      signature: certificate.signature,
      reuseKey: true,
    });
    if (verdict === 'valid') return this.note('path.signature', certificate, null, detail);
    this.#search.markBroken(certificate, issuer);
    if (keyIdentifiersDiffer(certificate, issuer)) {
      return this.note('path.signature', certificate, unknownIssuer(certificate, depth, [issuer]), detail);
    }
    if (verdict === 'wrong-key') return refuse('wrong-key');
    if (verdict === 'bad-key') {
      const key = { key: describeKey(issuer), depth: depth + 1, certificate: labelOf(issuer) };
      return this.note(
        'path.signature',
        certificate,
        { kind: 'key-refused', reason: 'unusable', ...key },
        detail,
      );
    }
    return this.note(
      'path.signature',
      certificate,
      { kind: 'bad-signature', issuer: labelOf(issuer), algorithm: name, ...at },
      detail,
    );
  }

  /** 6.1.3 (a)(2): both ends belong to the period. */
  private checkValidity(certificate: Certificate, depth: number, id: PathCheckId): ChainError | null {
    const { notBefore, notAfter } = certificate;
    // X.509 knows no fractions: notAfter lasts to the end of its second.
    const at = new Date(Math.floor(this.#rules.at.getTime() / 1000) * 1000);
    const where = { depth, certificate: labelOf(certificate) };
    const error: ChainError | null =
      at < notBefore
        ? { kind: 'certificate-not-yet-valid', notBefore, at, ...where }
        : at > notAfter
          ? { kind: 'certificate-expired', notAfter, at, ...where }
          : null;
    return this.note(
      id,
      certificate,
      error,
      () => `${isoSeconds(notBefore)} – ${isoSeconds(notAfter)} at ${isoSeconds(at)}`,
    );
  }

  /** 6.1.3 (a)(4); the search has seen to it, the check is made here for the record. */
  private checkIssuerName(certificate: Certificate, issuer: Certificate): ChainError | null {
    return this.note('path.issuer', certificate, null, () => issuer.subject.toString());
  }

  /** 6.1.3 (b) and (c): a self-issued certificate is free unless it is the last. */
  private checkNames(certificate: Certificate, depth: number): ChainError | null {
    if (this.#constraints.length === 0 || (depth > 0 && certificate.isSelfIssued)) return null;
    const violation = checkNameConstraints(certificate, this.#constraints);
    const error: ChainError | null =
      violation === null
        ? null
        : violation.kind === 'search-limit'
          ? violation
          : { ...violation, depth, certificate: labelOf(certificate) };
    return this.note('path.nameConstraints', certificate, error, () =>
      this.#constraints.map(({ by }) => by).join(', '),
    );
  }

  /** 6.1.4, and the purpose, which CAs may narrow (not RFC 5280 but the practice of BoringSSL, OpenSSL and Go). */
  private prepareForNext(certificate: Certificate, depth: number): ChainError | null {
    return (
      this.checkIsCa(certificate, depth) ??
      this.checkPathLength(certificate, depth) ??
      this.checkCertSign(certificate, depth) ??
      this.checkPurpose(certificate, depth, 'path.purpose') ??
      this.checkCritical(certificate, depth) ??
      this.takeConstraints(certificate)
    );
  }

  /** 6.1.5 for the leaf: critical extensions, and what the leaf may be used for. */
  private wrapUp(leaf: Certificate): ChainError | null {
    return (
      this.checkCritical(leaf, 0) ?? this.checkLeafUsage(leaf) ?? this.checkPurpose(leaf, 0, 'leaf.purpose')
    );
  }

  private checkIsCa(certificate: Certificate, depth: number): ChainError | null {
    const { basicConstraints, version } = certificate;
    const where = { depth, certificate: labelOf(certificate) };
    const error: ChainError | null =
      version !== 3
        ? { kind: 'not-a-ca', reason: 'version', ...where }
        : basicConstraints === null
          ? { kind: 'not-a-ca', reason: 'no-basic-constraints', ...where }
          : basicConstraints.ca
            ? null
            : { kind: 'not-a-ca', reason: 'ca-false', ...where };
    return this.note('path.basicConstraints', certificate, error, () =>
      basicConstraints === null ? 'absent' : `CA:${basicConstraints.ca ? 'TRUE' : 'FALSE'}`,
    );
  }

  /** 6.1.4 (l) and (m). `depth` CAs stand between this one and the leaf, self-issued ones not counted. */
  private checkPathLength(certificate: Certificate, depth: number): ChainError | null {
    const isAnchor = depth === this.#path.length - 1;
    const limit = this.#pathLength;
    if (!isAnchor && !certificate.isSelfIssued && limit !== null) {
      if (limit <= 0) {
        const error: ChainError = {
          kind: 'path-too-long',
          limit: 0,
          below: depth,
          depth,
          certificate: labelOf(certificate),
        };
        return this.note('path.pathLength', certificate, error, () => 'no further CA allowed here');
      }
      this.#pathLength = limit - 1;
    }
    const own = certificate.basicConstraints?.pathLen ?? null;
    if (own !== null && (this.#pathLength === null || own < this.#pathLength)) this.#pathLength = own;
    if (limit === null && own === null) return null;
    return this.note('path.pathLength', certificate, null, () => `${this.#pathLength} more`);
  }

  private checkCertSign(certificate: Certificate, depth: number): ChainError | null {
    const { keyUsage } = certificate;
    if (keyUsage === null) return null;
    const error: ChainError | null = keyUsage.includes('keyCertSign')
      ? null
      : {
          kind: 'key-usage-missing',
          needed: 'keyCertSign',
          found: keyUsage,
          depth,
          certificate: labelOf(certificate),
        };
    return this.note('path.keyUsage', certificate, error, () => keyUsage.join(', '));
  }

  private checkLeafUsage(leaf: Certificate): ChainError | null {
    const { keyUsage } = leaf;
    const { leafKeyUsage = [] } = this.#rules;
    if (keyUsage === null || leafKeyUsage.length === 0) return null;
    const missing = leafKeyUsage.find((usage) => !keyUsage.includes(usage));
    const error: ChainError | null =
      missing === undefined
        ? null
        : {
            kind: 'key-usage-missing',
            needed: missing,
            found: keyUsage,
            depth: 0,
            certificate: labelOf(leaf),
          };
    return this.note('leaf.keyUsage', leaf, error, () => keyUsage.join(', '));
  }

  /** 4.2.1.12. anyExtendedKeyUsage does not stand in for the purpose, as RFC 5280 allows and BoringSSL does. */
  private checkPurpose(certificate: Certificate, depth: number, id: PathCheckId): ChainError | null {
    const { extKeyUsage } = certificate;
    const { purpose } = this.#rules;
    if (extKeyUsage === null || purpose === 'any') return null;
    const error: ChainError | null = extKeyUsage.includes(purpose)
      ? null
      : {
          kind: 'wrong-purpose',
          needed: purpose,
          found: extKeyUsage,
          depth,
          certificate: labelOf(certificate),
        };
    return this.note(id, certificate, error, () => `${purpose} in ${extKeyUsage.join(', ')}`);
  }

  private checkCritical(certificate: Certificate, depth: number): ChainError | null {
    const unknown = certificate.extensions.find(({ oid, critical }) => critical && !PROCESSED.has(oid));
    const error: ChainError | null =
      unknown === undefined
        ? null
        : {
            kind: 'unknown-critical-extension',
            oid: unknown.oid,
            name: unknown.name,
            depth,
            certificate: labelOf(certificate),
          };
    const critical = certificate.extensions.filter((extension) => extension.critical).map(({ name }) => name);
    return this.note('path.criticalExtensions', certificate, error, () => critical.join(', ') || 'none');
  }

  private takeConstraints(certificate: Certificate): null {
    const { nameConstraints } = certificate;
    if (nameConstraints !== null)
      this.#constraints.push({ by: labelOf(certificate), constraints: nameConstraints });
    return null;
  }

  private note(
    id: PathCheckId,
    certificate: Certificate,
    error: ChainError | null,
    detail: () => string,
  ): ChainError | null {
    this.#checks.push({ id, ok: error === null, detail: `${labelOf(certificate)}: ${detail()}` });
    return error;
  }
}

const PROCESSED: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.extKeyUsage,
  OID.basicConstraints,
  OID.subjectAltName,
  OID.nameConstraints,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  // Without an explicit policy being required, a policy changes nothing about whether a path is valid.
  OID.certificatePolicies,
]);

function checkKey(certificate: Certificate, depth: number): ChainError | null {
  const { publicKey } = certificate;
  // CA/Browser Forum 6.1.5; OpenSSL and Go cannot make others.
  const odd = publicKey.kind === 'rsa' && publicKey.modulusBits % 8 !== 0;
  const refusal = {
    kind: 'key-refused',
    key: describeKey(certificate),
    depth,
    certificate: labelOf(certificate),
  } as const;
  if (publicKey.kind === 'other') return { ...refusal, reason: 'unknown' };
  if (odd) return { ...refusal, reason: 'unusable' };
  return publicKey.kind === 'rsa' && publicKey.modulusBits < MIN_RSA_BITS
    ? { ...refusal, reason: 'weak' }
    : null;
}

function describeKey({ publicKey }: Certificate): string {
  if (publicKey.kind === 'ec') return `ECDSA ${publicKey.curve}`;
  return publicKey.kind === 'rsa' ? `RSA ${publicKey.modulusBits}` : `key of kind ${publicKey.algorithm}`;
}

function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
