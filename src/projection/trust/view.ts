import type { ArtefactId } from '../../trace/artefact.ts';
import type { Entry, PodRef } from '../../trace/entry.ts';
import { project } from '../fold.ts';
import type {
  AuthorityModel,
  BlastMeasurement,
  CaCertificate,
  CrlModel,
  ForgedLeaf,
  Revocation,
  SigningCluster,
  StolenKey,
  TrustPod,
  TrustState,
} from './model.ts';
import { taintOf, type Taint } from './taint.ts';
import { trustFold } from './trust.ts';

/** A certificate of a CA at a moment. */
export interface CaCertificateView extends CaCertificate {
  readonly state: 'valid' | 'not-yet-valid' | 'expired' | 'revoked';
  /** A stolen key, or one below it, signed it. */
  readonly tainted: boolean;
}

/** Living leaves of one identity. */
export interface LeafGroup {
  readonly spiffeId: string;
  readonly pods: readonly PodRef[];
  /** How many of them were signed with a key that is stolen now, or stands below a stolen one. */
  readonly underStolenKey: number;
}

export interface AuthorityView extends Omit<AuthorityModel, 'certificates'> {
  readonly certificates: readonly CaCertificateView[];
  /** The newest that is good, or else the newest. */
  readonly current: CaCertificateView;
  /** `now`: the key it signs with is stolen; `former`: one that it no longer uses is. */
  readonly stolen: { readonly when: 'now' | 'former'; readonly key: StolenKey } | null;
  readonly byAttacker: boolean;
  /** Its present key stands below a stolen one. */
  readonly tainted: boolean;
  /** Clusters whose istiod signs with it. */
  readonly signsFor: readonly SigningCluster[];
  readonly leaves: readonly LeafGroup[];
  readonly leafCount: number;
  readonly forged: readonly ForgedLeaf[];
  /** Pods whose Envoy has a certificate of it among its anchors. */
  readonly anchorOf: readonly PodRef[];
  readonly crl: CrlModel | null;
}

/** That one CA has certified another. Two of them to one CA are cross-signing. */
export interface Certification {
  readonly from: string;
  readonly to: string;
  readonly certificate: CaCertificateView;
  /** The CA below has another certificate of another issuer. */
  readonly crossSigned: boolean;
}

export interface TrustView {
  readonly authorities: readonly AuthorityView[];
  readonly certifications: readonly Certification[];
  readonly clusters: readonly SigningCluster[];
  /** Pods in the mesh whose Envoy has been told what to trust. */
  readonly judging: number;
  readonly stolenWorkloads: readonly StolenKey[];
  readonly revocations: readonly Revocation[];
  readonly blasts: readonly BlastMeasurement[];
}

/**
 * The CAs with everything that hangs on them after the first `cursor` entries.
 *
 * @param atMs the moment on display: certificates end between entries, too
 */
export function trustAt(entries: readonly Entry[], cursor: number, atMs: number): TrustView {
  const state = project(trustFold, entries, cursor);
  const taint = taintOf(state);
  const revoked = new Set([...state.revocations.values()].map(({ certificate }) => certificate));
  const leaves = leavesByAuthority(state, taint, atMs);
  const authorities = [...state.authorities.values()].map((model) =>
    viewOf(model, { state, taint, revoked, leaves, atMs }),
  );
  return {
    authorities,
    certifications: authorities.flatMap((authority) => certificationsOf(authority, state)),
    clusters: [...state.clusters.values()],
    judging: [...state.pods.values()].filter(({ injected, anchors }) => injected && anchors !== null).length,
    stolenWorkloads: [...state.stolen.values()].filter(({ of }) => of === 'workload'),
    revocations: [...state.revocations.values()],
    blasts: state.blasts,
  };
}

/** By authority, by SPIFFE ID. */
type LeavesByAuthority = ReadonlyMap<string, ReadonlyMap<string, LeafGroup>>;

interface Surroundings {
  readonly state: TrustState;
  readonly taint: Taint;
  readonly revoked: ReadonlySet<ArtefactId | null>;
  readonly leaves: LeavesByAuthority;
  readonly atMs: number;
}

function viewOf(model: AuthorityModel, around: Surroundings): AuthorityView {
  const { state, taint, leaves } = around;
  const certificates = model.certificates.map((each) => certificateView(each, around));
  const current =
    certificates.findLast((each) => each.state === 'valid' && !each.tainted) ??
    certificates.findLast((each) => each.state === 'valid') ??
    certificates.at(-1);
  if (current === undefined) throw new Error(`authority ${model.name} without a certificate`);
  const newestKey = certificates.at(-1)?.key ?? current.key;
  const own = new Set(certificates.map(({ artefact }) => artefact));
  const groups = [...(leaves.get(model.name)?.values() ?? [])];
  return {
    ...model,
    certificates,
    current,
    stolen: theftOf(certificates, newestKey, state),
    byAttacker: certificates.every(({ byAttacker }) => byAttacker),
    tainted: taint.belowKeys.has(newestKey),
    signsFor: [...state.clusters.values()].filter(({ authority }) => authority === model.name),
    leaves: groups,
    leafCount: groups.reduce((sum, { pods }) => sum + pods.length, 0),
    forged: [...state.forged.values()].filter(({ authority }) => authority === model.name),
    anchorOf: [...state.pods.values()].filter((pod) => trusts(pod, own)).map(({ ref }) => ref),
    crl: state.crls.get(model.name) ?? null,
  };
}

function certificateView(certificate: CaCertificate, around: Surroundings): CaCertificateView {
  const { revoked, taint, atMs } = around;
  const tainted = taint.certificates.has(certificate.artefact);
  if (revoked.has(certificate.artefact)) return { ...certificate, state: 'revoked', tainted };
  if (atMs < certificate.notBeforeMs) return { ...certificate, state: 'not-yet-valid', tainted };
  return { ...certificate, state: atMs > certificate.notAfterMs ? 'expired' : 'valid', tainted };
}

function theftOf(
  certificates: readonly CaCertificate[],
  newestKey: ArtefactId,
  { stolen }: TrustState,
): AuthorityView['stolen'] {
  const now = stolen.get(newestKey);
  if (now !== undefined) return { when: 'now', key: now };
  for (const { key } of certificates) {
    const former = stolen.get(key);
    if (former !== undefined) return { when: 'former', key: former };
  }
  return null;
}

function trusts({ injected, anchors }: TrustPod, certificates: ReadonlySet<ArtefactId>): boolean {
  return injected && (anchors?.roots.some((root) => certificates.has(root)) ?? false);
}

function leavesByAuthority({ pods, authorities }: TrustState, taint: Taint, atMs: number): LeavesByAuthority {
  const unsafe = new Set<ArtefactId | null>();
  for (const { certificates } of authorities.values()) {
    for (const { artefact, key } of certificates) {
      if (taint.stolenKeys.has(key) || taint.belowKeys.has(key)) unsafe.add(artefact);
    }
  }
  const found = new Map<string, Map<string, LeafGroup>>();
  for (const { ref, leaf } of pods.values()) {
    if (leaf === null || leaf.authority === null || atMs > leaf.notAfterMs) continue;
    const ofAuthority = found.get(leaf.authority) ?? new Map<string, LeafGroup>();
    found.set(leaf.authority, ofAuthority);
    const group = ofAuthority.get(leaf.spiffeId);
    ofAuthority.set(leaf.spiffeId, {
      spiffeId: leaf.spiffeId,
      pods: [...(group?.pods ?? []), ref],
      underStolenKey: (group?.underStolenKey ?? 0) + (unsafe.has(leaf.signedWith) ? 1 : 0),
    });
  }
  return found;
}

/** The newest certification by each issuer. */
function certificationsOf(
  { name, certificates }: AuthorityView,
  { authorities }: TrustState,
): Certification[] {
  const newest = new Map<string, CaCertificateView>();
  for (const certificate of certificates) {
    const { issuer } = certificate;
    if (issuer !== null && issuer !== name && authorities.has(issuer)) newest.set(issuer, certificate);
  }
  const selfSigned = certificates.some(({ issuer }) => issuer === null || issuer === name);
  const crossSigned = newest.size > 1 || (newest.size > 0 && selfSigned);
  return [...newest].map(([from, certificate]) => ({ from, to: name, certificate, crossSigned }));
}
