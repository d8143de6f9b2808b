import { equalBytes } from '../bytes/bytes.ts';
import type { Certificate } from './certificate.ts';
import { type ChainError, labelOf } from './chain.ts';

/** Certificates in a path, leaf and anchor included. */
const MAX_PATH = 16;
const MAX_PATHS = 64;
const MAX_STEPS = 4096;

type DeadEnd = Extract<ChainError, { kind: 'unknown-issuer' | 'self-signed-untrusted' }>;

/**
 * Finds paths from a leaf to a trust anchor by name, depth first, those whose key identifiers match first
 * (RFC 4158 section 3.5). Bounded: paths, depth and steps have limits, and a key occurs once in a path.
 */
export class PathSearch {
  /** Which limit ended the search; null while none did. */
  exhausted: string | null = null;
  readonly #leaf: Certificate;
  readonly #intermediates: readonly Certificate[];
  readonly #roots: readonly Certificate[];
  readonly #broken = new Map<Certificate, Set<Certificate>>();
  #steps = 0;
  #longest: readonly Certificate[];

  constructor(leaf: Certificate, intermediates: readonly Certificate[], roots: readonly Certificate[]) {
    this.#leaf = leaf;
    this.#roots = unique(roots);
    this.#intermediates = unique(intermediates).filter((one) => !same(one, leaf));
    this.#longest = [leaf];
  }

  /** Paths, leaf first and anchor last. A self-signed leaf that is itself an anchor stands there twice. */
  *paths(): Generator<readonly Certificate[]> {
    let found = 0;
    for (const path of this.extend([this.#leaf])) {
      yield path;
      if (++found < MAX_PATHS) continue;
      this.exhausted = `${MAX_PATHS} paths`;
      return;
    }
  }

  /** Takes note that `issuer` did not sign `certificate`: no further path goes that way. */
  markBroken(certificate: Certificate, issuer: Certificate): void {
    const issuers = this.#broken.get(certificate);
    if (issuers === undefined) this.#broken.set(certificate, new Set([issuer]));
    else issuers.add(issuer);
  }

  /** The error where no path was found: the certificate nobody trusted has issued, furthest from the leaf. */
  deadEnd(): { readonly path: readonly Certificate[]; readonly error: DeadEnd } {
    const path = this.#longest;
    const last = path[path.length - 1]!;
    const at = { depth: path.length - 1, certificate: labelOf(last) };
    if (last.isSelfIssued) return { path, error: { kind: 'self-signed-untrusted', ...at } };
    return { path, error: unknownIssuer(last, at.depth, []) };
  }

  private *extend(path: readonly Certificate[]): Generator<readonly Certificate[]> {
    const last = path[path.length - 1]!;
    if (path.length > this.#longest.length) this.#longest = path;
    if (path.length >= MAX_PATH || this.exhausted !== null) return;
    for (const root of byKeyIdentifier(last, this.issuersOf(last, this.#roots))) {
      if (this.step()) return;
      if (!this.isBroken(last, root)) yield [...path, root];
    }
    for (const issuer of byKeyIdentifier(last, this.issuersOf(last, this.#intermediates))) {
      if (this.step()) return;
      const again = path.some((one) => sameKeyAndName(one, issuer));
      const trusted = this.#roots.some((root) => same(root, issuer));
      if (!again && !trusted && !this.isBroken(last, issuer)) yield* this.extend([...path, issuer]);
    }
  }

  private step(): boolean {
    if (++this.#steps > MAX_STEPS) this.exhausted = `${MAX_STEPS} steps`;
    return this.exhausted !== null;
  }

  private issuersOf(certificate: Certificate, among: readonly Certificate[]): Certificate[] {
    return among.filter((one) => certificate.issuer.equals(one.subject));
  }

  private isBroken(certificate: Certificate, issuer: Certificate): boolean {
    return this.#broken.get(certificate)?.has(issuer) ?? false;
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

function byKeyIdentifier(certificate: Certificate, issuers: Certificate[]): Certificate[] {
  if (issuers.length < 2) return issuers;
  const rank = (issuer: Certificate): number =>
    keyIdentifiersDiffer(certificate, issuer)
      ? 2
      : certificate.aki !== null && issuer.ski === certificate.aki
        ? 0
        : 1;
  return issuers.sort((a, b) => rank(a) - rank(b));
}

function unique(certificates: readonly Certificate[]): Certificate[] {
  return certificates.filter((one, at) => !certificates.slice(0, at).some((earlier) => same(earlier, one)));
}

function same(a: Certificate, b: Certificate): boolean {
  return a === b || equalBytes(a.der, b.der);
}

function sameKeyAndName(a: Certificate, b: Certificate): boolean {
  return same(a, b) || (equalBytes(a.spki, b.spki) && a.subject.equals(b.subject));
}
