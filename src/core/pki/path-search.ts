import { equalBytes } from '../bytes/bytes.ts';
import type { Certificate } from './certificate.ts';
import { type ChainError, type Check, labelOf } from './chain.ts';
import { SignatureChecks } from './signature-checks.ts';

/** Certificates in a path, leaf and anchor included: OpenSSL's and BoringSSL's hundred intermediates. */
const MAX_PATH = 102;
const MAX_PATHS = 256;
/** Issuers looked at, over all paths. */
const MAX_STEPS = 16_384;

type PathError = Extract<ChainError, { kind: 'unknown-issuer' | 'self-signed-untrusted' | 'bad-signature' }>;

interface Candidate {
  readonly issuer: Certificate;
  readonly isAnchor: boolean;
}

export interface PathSearchInput {
  readonly leaf: Certificate;
  readonly intermediates: readonly Certificate[];
  readonly roots: readonly Certificate[];
  readonly at: Date;
}

/**
 * Finds paths from a leaf to a trust anchor, depth first (RFC 4158): issuers by name, those first whose key
 * identifier matches, that are anchors, that are valid now, that end last. Where several issuers bear the name, a
 * signature tells which of them is one, before the path goes on. Bounded: paths, their length, steps and signatures
 * have limits; a key occurs once under its name in a path; what failed for itself is not tried again.
 */
export class PathSearch {
  /** Which limit ended the search; null while none did. */
  exhausted: string | null = null;
  readonly #leaf: Certificate;
  readonly #at: Date;
  readonly #anchors: ReadonlyMap<string, readonly Certificate[]>;
  readonly #intermediates: ReadonlyMap<string, readonly Certificate[]>;
  readonly #signatures: SignatureChecks;
  readonly #checks: Check[];
  readonly #broken = new Map<Certificate, Set<Certificate>>();
  readonly #excluded = new Set<Certificate>();
  #steps = 0;
  #longest: readonly Certificate[];
  /** The longest path whose end none of several issuers has signed. */
  #unsigned: { readonly path: readonly Certificate[]; readonly issuers: readonly Certificate[] } | null =
    null;

  /** @param checks signatures that rule out an issuer are appended */
  constructor(input: PathSearchInput, signatures: SignatureChecks, checks: Check[]) {
    const { leaf, intermediates, roots, at } = input;
    const anchors = unique(roots);
    this.#leaf = leaf;
    this.#at = at;
    this.#anchors = bySubject(anchors);
    this.#intermediates = bySubject(unique(intermediates, [leaf, ...anchors]));
    this.#signatures = signatures;
    this.#checks = checks;
    this.#longest = [leaf];
  }

  /** Paths, leaf first and anchor last. A self-signed leaf that is itself an anchor stands there twice. */
  async *paths(): AsyncGenerator<readonly Certificate[]> {
    let found = 0;
    for await (const path of this.extend([this.#leaf], new Set([this.identityOf(this.#leaf)]))) {
      if (found++ === MAX_PATHS) {
        this.exhausted = `${MAX_PATHS} paths`;
        return;
      }
      yield path;
    }
  }

  /** Takes note that `issuer` did not sign `certificate`: no further path goes that way. */
  markBroken(certificate: Certificate, issuer: Certificate): void {
    const issuers = this.#broken.get(certificate);
    if (issuers === undefined) this.#broken.set(certificate, new Set([issuer]));
    else issuers.add(issuer);
  }

  /** Takes note that `certificate` is to be refused in whatever path it stands. */
  exclude(certificate: Certificate): void {
    this.#excluded.add(certificate);
  }

  /** The error where no path was found: the certificate nobody trusted has issued, furthest from the leaf. */
  deadEnd(): { readonly path: readonly Certificate[]; readonly error: PathError } {
    const unsigned = this.#unsigned;
    if (unsigned !== null && unsigned.path.length >= this.#longest.length) {
      const { path, issuers } = unsigned;
      return { path: [...path, issuers[0]!], error: unsignedError(path, issuers) };
    }
    const path = this.#longest;
    const last = path[path.length - 1]!;
    const at = { depth: path.length - 1, certificate: labelOf(last) };
    if (last.isSelfIssued) return { path, error: { kind: 'self-signed-untrusted', ...at } };
    return { path, error: unknownIssuer(last, at.depth, []) };
  }

  private async *extend(
    path: readonly Certificate[],
    identities: ReadonlySet<string>,
  ): AsyncGenerator<readonly Certificate[]> {
    const last = path[path.length - 1]!;
    if (path.length > this.#longest.length) this.#longest = path;
    if (path.length >= MAX_PATH) return;
    const candidates = this.candidatesFor(last);
    const unsigned: Certificate[] = [];
    for (const { issuer, isAnchor } of candidates) {
      if (this.isOver(last)) return;
      if (this.#excluded.has(issuer) || this.#broken.get(last)?.has(issuer)) continue;
      const identity = this.identityOf(issuer);
      if (!isAnchor && identities.has(identity)) continue;
      if (candidates.length > 1 && !(await this.isSignedBy(last, issuer, path.length - 1))) {
        unsigned.push(issuer);
      } else if (isAnchor) yield [...path, issuer];
      else yield* this.extend([...path, issuer], new Set([...identities, identity]));
    }
    if (unsigned.length > 0 && unsigned.length === candidates.length) this.noteUnsigned(path, unsigned);
  }

  private isOver(last: Certificate): boolean {
    if (++this.#steps > MAX_STEPS) this.exhausted ??= `${MAX_STEPS} steps`;
    return this.exhausted !== null || this.#excluded.has(last);
  }

  private candidatesFor(certificate: Certificate): readonly Candidate[] {
    const name = certificate.issuer.key;
    const anchors = this.#anchors.get(name) ?? [];
    const others = this.#intermediates.get(name) ?? [];
    const candidates = [
      ...anchors.map((issuer) => ({ issuer, isAnchor: true })),
      ...others.map((issuer) => ({ issuer, isAnchor: false })),
    ];
    if (candidates.length < 2) return candidates;
    const rank = ({ issuer, isAnchor }: Candidate): number =>
      rankByKeyIdentifier(certificate, issuer) * 4 + (isAnchor ? 0 : 2) + (isValid(issuer, this.#at) ? 0 : 1);
    return candidates
      .map((candidate) => ({ candidate, rank: rank(candidate), end: candidate.issuer.notAfter.getTime() }))
      .sort((a, b) => a.rank - b.rank || b.end - a.end)
      .map(({ candidate }) => candidate);
  }

  /** Where the algorithm is refused no issuer can be told from another: the path goes on and is refused for it. */
  private async isSignedBy(certificate: Certificate, issuer: Certificate, depth: number): Promise<boolean> {
    const outcome = await this.#signatures.check(certificate, issuer);
    if (outcome === 'valid' || outcome === 'refused') return true;
    if (outcome === 'limit') {
      this.exhausted ??= SignatureChecks.limit;
      return false;
    }
    this.markBroken(certificate, issuer);
    const detail = `${labelOf(certificate)}: ${certificate.signatureAlgorithm.name} by ${labelOf(issuer)}`;
    this.#checks.push({ id: 'path.signature', ok: false, detail, depth });
    return false;
  }

  private noteUnsigned(path: readonly Certificate[], issuers: readonly Certificate[]): void {
    if (this.#unsigned === null || path.length > this.#unsigned.path.length)
      this.#unsigned = { path, issuers };
  }

  private identityOf(certificate: Certificate): string {
    return this.#signatures.keyOf(certificate) + certificate.subject.key;
  }
}

/** The refusal of a certificate whose issuer is not among the trusted. */
export function unknownIssuer(
  certificate: Certificate,
  depth: number,
  sameName: readonly Certificate[],
): Extract<ChainError, { kind: 'unknown-issuer' }> {
  return {
    kind: 'unknown-issuer',
    depth,
    certificate: labelOf(certificate),
    issuer: certificate.issuer.toString(),
    authorityKeyId: certificate.aki,
    sameNameKeyIds: sameName.map(({ ski }) => ski),
  };
}

/** Whether the key identifiers say that `issuer` is not the one meant. Only a hint (RFC 5280 4.2.1.1). */
export function keyIdentifiersDiffer(certificate: Certificate, issuer: Certificate): boolean {
  return certificate.aki !== null && issuer.ski !== null && certificate.aki !== issuer.ski;
}

function unsignedError(path: readonly Certificate[], issuers: readonly Certificate[]): PathError {
  const last = path[path.length - 1]!;
  const depth = path.length - 1;
  const meant = issuers.find((issuer) => !keyIdentifiersDiffer(last, issuer));
  if (meant === undefined) return unknownIssuer(last, depth, issuers);
  const { name } = last.signatureAlgorithm;
  const at = { depth, certificate: labelOf(last) };
  return { kind: 'bad-signature', issuer: labelOf(meant), algorithm: name, ...at };
}

function rankByKeyIdentifier(certificate: Certificate, issuer: Certificate): number {
  if (keyIdentifiersDiffer(certificate, issuer)) return 2;
  return certificate.aki !== null && issuer.ski === certificate.aki ? 0 : 1;
}

function isValid({ notBefore, notAfter }: Certificate, at: Date): boolean {
  return notBefore <= at && at <= notAfter;
}

function bySubject(certificates: readonly Certificate[]): ReadonlyMap<string, readonly Certificate[]> {
  const found = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    const { key } = certificate.subject;
    const sameName = found.get(key);
    if (sameName === undefined) found.set(key, [certificate]);
    else sameName.push(certificate);
  }
  return found;
}

/** Each certificate once, without those that are in `taken`. */
function unique(certificates: readonly Certificate[], taken: readonly Certificate[] = []): Certificate[] {
  const seen = new Map<string, Certificate[]>();
  const isNew = (certificate: Certificate): boolean => {
    const { der, serialNumber } = certificate;
    const alike = seen.get(serialNumber);
    if (alike?.some((other) => other === certificate || equalBytes(other.der, der))) return false;
    if (alike === undefined) seen.set(serialNumber, [certificate]);
    else alike.push(certificate);
    return true;
  };
  for (const certificate of taken) isNew(certificate);
  return certificates.filter(isNew);
}
