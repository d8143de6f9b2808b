import type { Certificate } from './certificate.ts';
import { checkForm, checkIssuance, type PathRole } from './certificate-profile.ts';
import { type ChainError, type ChainToVerify, type Check, labelOf, type PathCheckId } from './chain.ts';
import { checkNameConstraints, type ImposedConstraints } from './name-constraint-check.ts';
import {
  checkCritical,
  checkIsCa,
  checkKey,
  checkPurpose,
  checkUsage,
  checkValidity,
  describeKey,
} from './path-checks.ts';
import { keyIdentifiersDiffer, type PathSearch, unknownIssuer } from './path-search.ts';
import { PolicyProcessing } from './policy-processing.ts';
import type { RevocationCheck } from './revocation.ts';
import { SignatureChecks } from './signature-checks.ts';

/** What all paths of one verification share. */
export interface ValidationContext {
  readonly rules: ChainToVerify;
  readonly search: PathSearch;
  readonly signatures: SignatureChecks;
  readonly revocation: RevocationCheck | null;
  /** Each check made is appended. */
  readonly checks: Check[];
}

/**
 * Validates one path by RFC 5280 6.1, from the anchor down to the leaf.
 *
 * @param path leaf first, anchor last
 * @returns the first failure, or null
 */
export function validatePath(
  context: ValidationContext,
  path: readonly Certificate[],
): Promise<ChainError | null> {
  return new PathValidation(context, path).run();
}

class PathValidation {
  readonly #context: ValidationContext;
  readonly #path: readonly Certificate[];
  readonly #now: Date;
  #nowText: string | null = null;
  readonly #constraints: ImposedConstraints[] = [];
  readonly #policies: PolicyProcessing;
  /** Whether policies can change anything: they are not processed for paths without any, which are most. */
  readonly #hasPolicies: boolean;
  /** max_path_length of 6.1.2 (k): how many more CAs may follow; null without limit. */
  #pathLength: number | null;

  constructor(context: ValidationContext, path: readonly Certificate[]) {
    const { rules } = context;
    this.#context = context;
    this.#path = path;
    // X.509 knows no fractions: notAfter lasts to the end of its second.
    this.#now = new Date(Math.floor(rules.at.getTime() / 1000) * 1000);
    this.#policies = new PolicyProcessing(rules.policies ?? {}, path.length - 1);
    this.#hasPolicies = rules.policies !== undefined || path.some(usesPolicies);
    this.#pathLength = rules.maxPathLength ?? null;
  }

  async run(): Promise<ChainError | null> {
    const anchorDepth = this.#path.length - 1;
    this.startSignatures();
    const anchorError = this.checkAnchor(this.#path[anchorDepth]!, anchorDepth);
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

  /** They run beside each other and beside the other checks; each is waited for in its turn. */
  private startSignatures(): void {
    const path = this.#path;
    for (let depth = path.length - 2; depth >= 0; depth--)
      void this.#context.signatures.check(path[depth]!, path[depth + 1]!);
  }

  /**
   * RFC 5280 6.2 allows what a trust anchor's certificate says about itself to limit the paths below it. Its
   * policies do not: 6.1.1 (d) gives an anchor none, and OpenSSL leaves them out too.
   */
  private checkAnchor(anchor: Certificate, depth: number): ChainError | null {
    if (this.#context.rules.anchors === 'name-and-key') return null;
    const error =
      this.checkProfile(anchor, depth, 'anchor') ?? this.checkTime(anchor, depth, 'anchor.validity');
    return error ?? (anchor.version === 3 ? this.checkAuthority(anchor, depth) : null);
  }

  /** 6.1.3. */
  private async checkBasics(
    certificate: Certificate,
    issuer: Certificate,
    depth: number,
  ): Promise<ChainError | null> {
    return (
      this.checkProfile(certificate, depth, depth === 0 ? 'leaf' : 'intermediate') ??
      (await this.checkSignature(certificate, issuer, depth)) ??
      this.checkTime(certificate, depth, 'path.validity') ??
      (await this.checkRevocation(certificate, depth)) ??
      this.note('path.issuer', depth, null, () => issuer.subject.toString()) ??
      this.checkNames(certificate, depth) ??
      this.checkPolicies(certificate, depth)
    );
  }

  private checkProfile(certificate: Certificate, depth: number, role: PathRole): ChainError | null {
    const strict = this.#context.rules.strict ?? true;
    const error =
      checkForm(certificate, depth) ??
      (strict ? checkIssuance(certificate, role, depth, this.#path) : null) ??
      checkKey(certificate, depth);
    const detail = () => `version ${certificate.version}, ${describeKey(certificate)}`;
    return this.note('path.profile', depth, error, detail);
  }

  /** 6.1.3 (a)(1). */
  private async checkSignature(
    certificate: Certificate,
    issuer: Certificate,
    depth: number,
  ): Promise<ChainError | null> {
    const outcome = await this.#context.signatures.check(certificate, issuer);
    const { name } = certificate.signatureAlgorithm;
    const error = outcome === 'valid' ? null : this.signatureError(certificate, issuer, depth, outcome);
    return this.note('path.signature', depth, error, () => `${name} by ${labelOf(issuer)}`);
  }

  private signatureError(
    certificate: Certificate,
    issuer: Certificate,
    depth: number,
    outcome: 'invalid' | 'wrong-key' | 'bad-key' | 'refused' | 'limit',
  ): ChainError {
    const { name: algorithm, scheme } = certificate.signatureAlgorithm;
    const at = { depth, certificate: labelOf(certificate) };
    if (scheme.kind === 'refused')
      return { kind: 'signature-algorithm-refused', algorithm, reason: scheme.reason, ...at };
    if (outcome === 'limit') return { kind: 'search-limit', limit: SignatureChecks.limit };
    this.#context.search.markBroken(certificate, issuer);
    if (keyIdentifiersDiffer(certificate, issuer)) return unknownIssuer(certificate, depth, [issuer]);
    if (outcome === 'wrong-key')
      return { kind: 'signature-algorithm-refused', algorithm, reason: 'wrong-key', ...at };
    if (outcome === 'invalid') return { kind: 'bad-signature', issuer: labelOf(issuer), algorithm, ...at };
    const key = { key: describeKey(issuer), depth: depth + 1, certificate: labelOf(issuer) };
    return { kind: 'key-refused', reason: 'unusable', ...key };
  }

  private checkTime(certificate: Certificate, depth: number, id: PathCheckId): ChainError | null {
    const detail = () => `${periodOf(certificate)} at ${(this.#nowText ??= isoSeconds(this.#now))}`;
    return this.note(id, depth, checkValidity(certificate, this.#now, depth), detail);
  }

  /** 6.1.3 (a)(3). */
  private async checkRevocation(certificate: Certificate, depth: number): Promise<ChainError | null> {
    const { revocation } = this.#context;
    if (revocation === null) return null;
    const { error, detail } = await revocation.check(depth, this.#path);
    return this.note('path.revocation', depth, error, () => `serial ${certificate.serialNumber}: ${detail}`);
  }

  /** 6.1.3 (b) and (c): a self-issued certificate is free unless it is the last. */
  private checkNames(certificate: Certificate, depth: number): ChainError | null {
    if (this.#constraints.length === 0 || (depth > 0 && certificate.isSelfIssued)) return null;
    const violation = checkNameConstraints(certificate, this.#constraints);
    const error: ChainError | null =
      violation === null || violation.kind === 'search-limit'
        ? violation
        : { ...violation, depth, certificate: labelOf(certificate) };
    const detail = () => this.#constraints.map(({ by }) => by).join(', ');
    return this.note('path.nameConstraints', depth, error, detail);
  }

  /** 6.1.3 (d) to (f). */
  private checkPolicies(certificate: Certificate, depth: number): ChainError | null {
    if (!this.#hasPolicies) return null;
    const error = this.#policies.addCertificate(certificate, depth);
    const asserted = certificate.certificatePolicies?.join(', ') ?? 'none';
    return this.note('path.policies', depth, error, () => `${asserted}; valid: ${this.#policies.state}`);
  }

  /** 6.1.4. */
  private prepareForNext(certificate: Certificate, depth: number): ChainError | null {
    return this.mapPolicies(certificate, depth) ?? this.checkAuthority(certificate, depth);
  }

  /** 6.1.4 (a), (b) and (h) to (j). */
  private mapPolicies(certificate: Certificate, depth: number): ChainError | null {
    if (!this.#hasPolicies) return null;
    const error = this.#policies.prepareForNext(certificate, depth);
    const { policyMappings } = certificate;
    if (policyMappings === null) return error;
    const pairs = policyMappings.map((pair) => `${pair.issuerDomain} → ${pair.subjectDomain}`);
    return this.note('path.policyMappings', depth, error, () => pairs.join(', '));
  }

  /** 6.1.4 (g) and (k) to (o), and the purpose, which CAs may narrow. */
  private checkAuthority(certificate: Certificate, depth: number): ChainError | null {
    const { basicConstraints, keyUsage, nameConstraints } = certificate;
    const isCa = () =>
      basicConstraints === null ? 'absent' : `CA:${basicConstraints.ca ? 'TRUE' : 'FALSE'}`;
    const error =
      this.note('path.basicConstraints', depth, checkIsCa(certificate, depth), isCa) ??
      this.checkPathLength(certificate, depth) ??
      (keyUsage === null
        ? null
        : this.note('path.keyUsage', depth, checkUsage(certificate, ['keyCertSign'], depth), () =>
            keyUsage.join(', '),
          )) ??
      this.checkPurposeOf(certificate, depth, 'path.purpose') ??
      this.checkCriticalOf(certificate, depth);
    if (error === null && nameConstraints !== null)
      this.#constraints.push({ by: labelOf(certificate), constraints: nameConstraints });
    return error;
  }

  /** 6.1.5. */
  private wrapUp(leaf: Certificate): ChainError | null {
    return (
      this.checkCriticalOf(leaf, 0) ??
      this.checkLeafUsage(leaf) ??
      this.checkPurposeOf(leaf, 0, 'leaf.purpose') ??
      (this.#hasPolicies
        ? this.note('leaf.policies', 0, this.#policies.wrapUp(leaf), () => this.#policies.state)
        : null)
    );
  }

  /** 6.1.4 (l) and (m). `depth` CAs stand between this one and the leaf, self-issued ones not counted. */
  private checkPathLength(certificate: Certificate, depth: number): ChainError | null {
    const isAnchor = depth === this.#path.length - 1;
    const limit = this.#pathLength;
    if (!isAnchor && !certificate.isSelfIssued && limit !== null) {
      if (limit <= 0) {
        const at = { depth, certificate: labelOf(certificate) };
        const error: ChainError = { kind: 'path-too-long', limit: 0, below: depth, ...at };
        return this.note('path.pathLength', depth, error, () => 'no further CA allowed here');
      }
      this.#pathLength = limit - 1;
    }
    const own = certificate.basicConstraints?.pathLen ?? null;
    if (own !== null && (this.#pathLength === null || own < this.#pathLength)) this.#pathLength = own;
    if (limit === null && own === null) return null;
    return this.note('path.pathLength', depth, null, () => `${this.#pathLength} more`);
  }

  private checkLeafUsage(leaf: Certificate): ChainError | null {
    const { leafKeyUsage = [] } = this.#context.rules;
    if (leaf.keyUsage === null || leafKeyUsage.length === 0) return null;
    const error = checkUsage(leaf, leafKeyUsage, 0);
    return this.note('leaf.keyUsage', 0, error, () => leaf.keyUsage!.join(', '));
  }

  private checkPurposeOf(certificate: Certificate, depth: number, id: PathCheckId): ChainError | null {
    const { extKeyUsage } = certificate;
    const { purpose } = this.#context.rules;
    if (extKeyUsage === null || purpose === 'any') return null;
    const error = checkPurpose(certificate, purpose, depth);
    return this.note(id, depth, error, () => `${purpose} in ${extKeyUsage.join(', ')}`);
  }

  private checkCriticalOf(certificate: Certificate, depth: number): ChainError | null {
    const critical = certificate.extensions.filter((extension) => extension.critical).map(({ name }) => name);
    const error = checkCritical(certificate, depth);
    return this.note('path.criticalExtensions', depth, error, () => critical.join(', ') || 'none');
  }

  private note(
    id: PathCheckId,
    depth: number,
    error: ChainError | null,
    detail: () => string,
  ): ChainError | null {
    const text = `${labelOf(this.#path[depth]!)}: ${detail()}`;
    this.#context.checks.push({ id, ok: error === null, detail: text, depth });
    return error;
  }
}

function usesPolicies(certificate: Certificate): boolean {
  return certificate.policyConstraints !== null || certificate.policyMappings !== null;
}

const periods = new WeakMap<Certificate, string>();

function periodOf(certificate: Certificate): string {
  let period = periods.get(certificate);
  if (period === undefined) {
    period = `${isoSeconds(certificate.notBefore)} – ${isoSeconds(certificate.notAfter)}`;
    periods.set(certificate, period);
  }
  return period;
}

function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
