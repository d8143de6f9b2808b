import {
  type Certificate,
  type ChainError,
  type Check,
  clauseOf,
  type SpiffePeerError,
  type TriedPath,
} from '../../core/pki/index.ts';
import { labelOf } from '../../core/pki/chain.ts';
import { describeKey } from '../../core/pki/path-checks.ts';
import type { Evidence } from './evidence.ts';
import { refusalOf } from './refusal.ts';
import type {
  MissingIssuer,
  Walk,
  WalkAnchor,
  WalkCertificate,
  WalkCheck,
  WalkPath,
  WalkState,
} from './walk-model.ts';

/** What a view shows of a verification: each path from leaf to anchor, its checks where they belong, its first failure. */
export function walkOf({ input, result }: Evidence): Walk {
  const { checks, tried, error } = result;
  const ofPaths = new Set(tried.flatMap((path) => path.checks));
  const others = checks.filter((check) => !ofPaths.has(check));
  const isSvid = ({ id }: Check): boolean => id.startsWith('svid.');
  const isAfter = ({ id }: Check): boolean => id === 'svid.expected';
  const paths = tried.map((path) => walkedPath(path, path.error === error));
  const search = others.filter((check) => !isSvid(check));
  if (tried.length === 0 && result.path.length > 0 && error !== null)
    paths.push(deadEnd(result.path, search, error));
  return {
    ok: result.ok,
    profile: input.profile,
    at: input.at,
    leaf: input.chain[0] === undefined ? '' : labelOf(input.chain[0]),
    before: numbered(others.filter((check) => isSvid(check) && !isAfter(check))),
    search: tried.length === 0 ? [] : numbered(search),
    paths,
    after: numbered(others.filter(isAfter)),
    anchors: anchorsOf(input.roots, input.chain, tried),
    refusal: error === null ? null : refusalOf(error),
  };
}

function walkedPath({ path, checks, error }: TriedPath, decides: boolean): WalkPath {
  const made = numbered(checks);
  const placed = checks.map((check, index) => ({ depth: check.depth ?? null, check: made[index]! }));
  const failedAt = placed.find(({ check }) => !check.ok) ?? null;
  return {
    ok: error === null,
    checks: placed.filter(({ depth }) => depth === null).map(({ check }) => check),
    certificates: path.map((certificate, depth) => {
      const own = placed.filter((each) => each.depth === depth).map(({ check }) => check);
      const role = depth === path.length - 1 ? 'anchor' : depth === 0 ? 'leaf' : 'intermediate';
      return walked(certificate, depth, role, stateAt(depth, failedAt?.depth ?? null, own), own);
    }),
    missing: null,
    failed: failedAt?.check ?? null,
    refusal: error === null ? null : refusalOf(error),
    decides,
  };
}

/** Checks go from the anchor down, so that what stands below a failure was not looked at. */
function stateAt(depth: number, failedDepth: number | null, own: readonly WalkCheck[]): WalkState {
  if (depth === failedDepth) return 'failed';
  return own.length > 0 || failedDepth === null || depth > failedDepth ? 'passed' : 'unreached';
}

/** The longest way that was found where none led to an anchor. */
function deadEnd(
  path: readonly Certificate[],
  search: readonly Check[],
  error: ChainError | SpiffePeerError,
): WalkPath {
  const missing = missingIssuer(error);
  const end = 'depth' in error ? error.depth : path.length - 1;
  // What only bears the name of the issuer stands among the anchors or nowhere.
  const shown = missing === null ? path : path.slice(0, end + 1);
  const made = numbered(search);
  const certificates = shown.map((certificate, depth) => {
    const own = made.filter((_, index) => search[index]?.depth === depth);
    const role = depth === 0 ? 'leaf' : 'intermediate';
    return walked(certificate, depth, role, depth === end ? 'failed' : 'unreached', own);
  });
  const general = made.filter((_, index) => search[index]?.depth === undefined);
  const failed = made.find(({ ok }) => !ok) ?? null;
  const refusal = refusalOf(error);
  return { ok: false, checks: general, certificates, missing, failed, refusal, decides: true };
}

function missingIssuer(error: ChainError | SpiffePeerError): MissingIssuer | null {
  if (error.kind !== 'unknown-issuer') return null;
  const { issuer, authorityKeyId, sameNameKeyIds } = error;
  return { name: issuer, keyId: authorityKeyId, hasNamesake: sameNameKeyIds.length > 0 };
}

function walked(
  certificate: Certificate,
  depth: number,
  role: WalkCertificate['role'],
  state: WalkState,
  checks: readonly WalkCheck[],
): WalkCertificate {
  const { serialNumber, notBefore, notAfter } = certificate;
  const label = `${labelOf(certificate)}: `;
  return {
    role,
    depth,
    name: labelOf(certificate),
    subject: certificate.subject.toString(),
    issuer: certificate.issuer.toString(),
    serialNumber,
    notBefore,
    notAfter,
    key: describeKey(certificate),
    state,
    // The card says whose values they are.
    checks: checks.map((check) => ({ ...check, detail: withoutStart(check.detail, label) })),
  };
}

function withoutStart(text: string | null, start: string): string | null {
  return text?.startsWith(start) ? text.slice(start.length) : text;
}

function numbered(checks: readonly Check[]): WalkCheck[] {
  return checks.map(({ id, ok, detail }, index) => ({
    number: index + 1,
    id,
    ok,
    detail: detail === undefined || detail === '' ? null : detail,
    clause: clauseOf(id),
  }));
}

function anchorsOf(
  roots: readonly Certificate[],
  chain: readonly Certificate[],
  tried: readonly TriedPath[],
): readonly WalkAnchor[] {
  return roots.map((root) => {
    const paths = tried.flatMap(({ path }, index) => (path.at(-1) === root ? [index + 1] : []));
    const isNamed = chain.some(({ issuer }) => issuer.equals(root.subject));
    const relation = paths.length > 0 ? 'used' : isNamed ? 'namesake' : 'unrelated';
    return { name: labelOf(root), notAfter: root.notAfter, keyId: root.ski, relation, paths };
  });
}
