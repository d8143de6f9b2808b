import { labelOf, verifyChain, type Certificate } from '../../core/pki/index.ts';
import type { CryptoProvider } from '../../core/crypto/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import { istiodCredential, type IstiodCredential } from '../ca/istiod-credential.ts';
import { certificateKey } from '../tls/evidence.ts';
import type { World } from '../world.ts';
import { currentOf, pathUp, type AuthorityCertificate } from './authority.ts';
import { distributeCrls, distributeRoots } from './distribute.ts';
import { pemOf, rootArtefacts, signerOf, type Cacerts, type ControlPlane } from './control-plane.ts';

export interface CacertsOrder {
  /** CA whose certificate and key are `ca-cert.pem` and `ca-key.pem`. */
  readonly issuer: string;
  /** CAs in `root-cert.pem`; null: the root above. */
  readonly roots: readonly string[] | null;
  /** Also puts the certificates by which other CAs vouch for the root into `cert-chain.pem`. */
  readonly crossSigned?: boolean;
}

/** The files of a `cacerts` secret for a CA. */
export function cacertsFor(world: World, { issuer, roots, crossSigned = false }: CacertsOrder): Cacerts {
  const authority = world.authorities.get(issuer);
  if (authority === undefined) throw new Error(`no CA "${issuer}"`);
  const signer = currentOf(authority);
  const path = pathUp(signer);
  const anchors = path.filter((each) => each.issuer === null);
  const trusted =
    roots === null
      ? anchors
      : roots.flatMap((id) => {
          const one = world.authorities.get(id);
          return one === undefined ? [] : [currentOf(one)];
        });
  const crosses = crossSigned ? anchors.flatMap((anchor) => crossCertificates(world, anchor)) : [];
  const chain = [...path.filter((each) => each.issuer !== null), ...crosses];
  return { authority: issuer, signer, chain, roots: trusted, crls: [] };
}

/** Certificates of the same key by other CAs, with what leads from those to their roots. */
function crossCertificates(world: World, anchor: AuthorityCertificate): AuthorityCertificate[] {
  const all = [...world.authorities.values()].flatMap(({ certificates }) => certificates);
  return all
    .filter(({ keyPair, issuer }) => keyPair === anchor.keyPair && issuer !== null)
    .flatMap((cross) => pathUp(cross).filter(({ issuer }) => issuer !== null));
}

/** Whether istiod compares with what it has (`reload`), or starts and has nothing to compare with. */
export type LoadOccasion = 'reload' | 'start';

interface Refusal {
  readonly rule: string;
  readonly log: string;
}

/**
 * istiod reads its secret: on a change of the files, or as it starts (pilot/pkg/bootstrap/istio_ca.go,
 * security/pkg/pki/util/keycertbundle.go). Simplified: a change is seen at once, where Istio waits for kubelet to
 * write the files and for 100 ms of quiet.
 */
export function loadCacerts(world: World, plane: ControlPlane, occasion: LoadOccasion): void {
  const { secret } = plane;
  if (secret === plane.loaded) return;
  const now = new Date(world.epochMs + world.clock.now() + plane.clockOffsetMs);
  const serial = world.chance(`${plane.actor}:serving`).bytes(16);
  const { provider, settings } = world;
  const forbidden = occasion === 'reload' ? refuseRootChange(plane, secret) : null;
  world.gate.run(
    'cacerts.load',
    async () => {
      const refusal = forbidden ?? (await refuseChain(provider, secret, now));
      if (refusal !== null) return { refusal, credential: null };
      return {
        refusal,
        credential: await istiodCredential(provider, signerOf(secret), settings, now, serial),
      };
    },
    (result) => {
      if (!result.ok) throw result.error;
      const { refusal, credential } = result.value;
      if (credential === null) {
        const { rule, log } = refusal ?? { rule: 'cacerts.verify', log: '' };
        world.trace.append(plane.actor, 'cacerts.refused', { cluster: plane.cluster, rule, log });
      } else adopt(world, plane, secret, credential);
    },
  );
}

/** A new root is taken only where several are allowed, and only as one bundle grows out of the other. */
function refuseRootChange({ loaded, multiRoot, isSelfSigned }: ControlPlane, next: Cacerts): Refusal | null {
  if (isSelfSigned) return null;
  const before = new Set(loaded.roots.map(({ artefact }) => artefact));
  const after = new Set(next.roots.map(({ artefact }) => artefact));
  const isSubset = (a: ReadonlySet<ArtefactId>, b: ReadonlySet<ArtefactId>) =>
    [...a].every((id) => b.has(id));
  if (isSubset(before, after) && isSubset(after, before)) return null;
  if (!multiRoot)
    return { rule: 'cacerts.multi-root', log: 'Multi root is disabled, updating new ROOT-CA not supported' };
  if (isSubset(before, after) || isSubset(after, before)) return null;
  return { rule: 'cacerts.root-overlap', log: 'Updating new ROOT-CA not supported' };
}

async function refuseChain(
  provider: CryptoProvider,
  { signer, chain, roots, crls }: Cacerts,
  now: Date,
): Promise<Refusal | null> {
  if (!(signer.certificate.basicConstraints?.ca ?? false))
    return { rule: 'cacerts.ca', log: 'certificate is not authorized to sign other certificates' };
  const result = await verifyChain(provider, {
    chain: [signer, ...chain].map(({ certificate }) => certificate),
    roots: roots.map(({ certificate }) => certificate),
    at: now,
    purpose: 'any',
    strict: false,
  });
  if (!result.ok) {
    const reason = result.error?.kind ?? '';
    const log = `cannot verify the cert with the provided root chain and cert pool with error: ${reason}`;
    return { rule: 'cacerts.verify', log };
  }
  if (crls.length === 0) return null;
  const missing = result.path.filter((each) => !crls.some(({ list }) => isListOf(list, each)));
  if (missing.length === 0) return null;
  const names = missing.map(labelOf).join(' ');
  return { rule: 'cacerts.crl', log: `missing CRL signed by certificates: [${names}]` };
}

function isListOf(list: { readonly issuer: { readonly der: Uint8Array } }, of: Certificate): boolean {
  return equal(list.issuer.der, of.subject.der);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}

function adopt(world: World, plane: ControlPlane, next: Cacerts, credential: IstiodCredential): void {
  const before = plane.loaded;
  plane.loaded = next;
  plane.ca = signerOf(next);
  plane.chain = next.chain.map(({ certificate }) => certificate);
  plane.roots = plane.ca.roots;
  plane.rootPem = pemOf(next.roots);
  plane.credential = credential;
  const [leaf] = credential.chain;
  if (leaf !== undefined) {
    plane.credentialArtefact = world.artefacts.put({
      kind: 'certificate',
      owner: `${plane.actor}:serving`,
      pod: null,
      bytes: leaf.der,
      refs: { issuer: next.signer.artefact },
    });
    world.knownCertificates.set(certificateKey(leaf), plane.credentialArtefact);
  }
  world.certificates.pin(plane.rootPem);
  const isNewSigner = before.signer !== next.signer;
  const areNewRoots = before.roots.map(({ artefact }) => artefact).join() !== rootArtefacts(plane).join();
  const areNewLists =
    before.crls.map(({ artefact }) => artefact).join() !== next.crls.map(({ artefact }) => artefact).join();
  world.trace.append(plane.actor, 'cacerts.loaded', {
    cluster: plane.cluster,
    authority: next.authority,
    certificate: next.signer.artefact,
    chain: next.chain.slice(1).map((each) => each.artefact),
    roots: rootArtefacts(plane),
    crls: next.crls.map(({ artefact }) => artefact),
    change: changeOf(isNewSigner, areNewRoots, areNewLists),
    selfSigned: false,
    log: isNewSigner
      ? 'Istiod has detected the newly added intermediate CA and updated its key and certs accordingly'
      : 'Istiod has detected a change of its CA files',
  });
  if (areNewRoots) distributeRoots(world, plane);
  if (areNewLists && next.crls.length > 0) distributeCrls(world, plane);
}

function changeOf(signer: boolean, roots: boolean, crls: boolean) {
  if (signer && roots) return 'both';
  if (signer) return 'intermediate';
  if (roots) return 'roots';
  return crls ? 'crl' : 'none';
}
