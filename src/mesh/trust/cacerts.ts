import { istiodCredential, type IstiodCredential } from '../ca/istiod-credential.ts';
import { certificateKey } from '../tls/evidence.ts';
import type { World } from '../world.ts';
import { currentOf, pathUp, type AuthorityCertificate } from './authority.ts';
import { refuseChain, refuseRootChange, type CacertsRefusal } from './cacerts-rules.ts';
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

/**
 * istiod reads its secret as the files change (pilot/pkg/bootstrap/istio_ca.go, security/pkg/pki/util/keycertbundle.go).
 * One that made a root for itself watches no files: it sees a secret when it starts. Simplified: a change is seen at once,
 * where Istio waits for kubelet to write the files and for 100 ms of quiet.
 */
export function reloadCacerts(world: World, plane: ControlPlane): void {
  const { secret, isSelfSigned } = plane;
  if (isSelfSigned || secret === plane.loaded) return;
  const refusal = refuseRootChange(plane, secret);
  if (refusal !== null) tellRefused(world, plane, refusal);
  else {
    const log = secret.signer === plane.loaded.signer ? newFiles : newIntermediate;
    judge(world, plane, log, (found) => tellRefused(world, plane, found));
  }
}

/**
 * istiod reads its secret as it starts, with nothing to compare it with. Where it cannot use what it reads it ends, and
 * `abort` is told why. Simplified: Kubernetes would start it again and again; here somebody has to.
 */
export function loadCacerts(world: World, plane: ControlPlane, abort: (reason: string) => void): void {
  if (plane.isSelfSigned && plane.secret === plane.loaded) return;
  judge(world, plane, 'Use local CA certificate', (refusal) => {
    tellRefused(world, plane, refusal);
    abort(refusal.log);
  });
}

const newIntermediate =
  'Istiod has detected the newly added intermediate CA and updated its key and certs accordingly';
const newFiles = 'Istiod has detected a change of its CA files';

/** Takes the secret, with a line for the log, or refuses it. */
function judge(
  world: World,
  plane: ControlPlane,
  log: string,
  refuse: (refusal: CacertsRefusal) => void,
): void {
  const { secret } = plane;
  const now = new Date(world.epochMs + world.clock.now() + plane.clockOffsetMs);
  const serial = world.chance(`${plane.actor}:serving`).bytes(16);
  const { provider, settings } = world;
  world.gate.run(
    'cacerts.load',
    async () => {
      const refusal = await refuseChain(provider, secret, now);
      return refusal ?? istiodCredential(provider, signerOf(secret), settings, now, serial);
    },
    (result) => {
      if (!result.ok) throw result.error;
      if ('rule' in result.value) refuse(result.value);
      else adopt(world, plane, { next: secret, credential: result.value, log });
    },
  );
}

function tellRefused(world: World, { actor, cluster }: ControlPlane, { rule, log }: CacertsRefusal): void {
  world.trace.append(actor, 'cacerts.refused', { cluster, rule, log });
}

interface Adoption {
  readonly next: Cacerts;
  readonly credential: IstiodCredential;
  readonly log: string;
}

function adopt(world: World, plane: ControlPlane, { next, credential, log }: Adoption): void {
  const before = plane.loaded;
  plane.loaded = next;
  plane.isSelfSigned = false;
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
    log,
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
