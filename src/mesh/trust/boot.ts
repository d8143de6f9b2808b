import { createSelfSignedRoot, exportPrivateKey, type SigningCa } from '../../core/pki/index.ts';
import type { CryptoProvider } from '../../core/crypto/index.ts';
import { istiodCredential, type IstiodCredential } from '../ca/istiod-credential.ts';
import type { MeshSettings } from '../settings.ts';
import { certificateKey } from '../tls/evidence.ts';
import type { World } from '../world.ts';
import {
  certify,
  currentOf,
  enterCertificate,
  type Authority,
  type AuthorityCertificate,
  type AuthoritySetting,
  type Certified,
} from './authority.ts';
import { cacertsFor } from './cacerts.ts';
import { publishBundle } from './distribute.ts';
import { pemOf, rootArtefacts, signerOf, type ClusterSetting, type ControlPlane } from './control-plane.ts';

/** Everything that has to be made with cryptography before a world of trust can begin. */
export interface TrustMaterial {
  /** In the order of the settings, the roots that istiods make for themselves last. */
  readonly authorities: readonly { readonly setting: AuthoritySetting; readonly made: Certified }[];
  /** By cluster. */
  readonly credentials: readonly IstiodCredential[];
}

interface Chance {
  bytes(count: number): Uint8Array;
}

/** The clusters of a mesh: those of its settings, or one alone. */
export function clustersOf({ clusters, cluster }: MeshSettings): readonly ClusterSetting[] {
  return clusters.length > 0 ? clusters : [{ name: cluster }];
}

/** The CA of a cluster's own istiod. */
function ownAuthority(index: number, { name }: ClusterSetting): string {
  return index === 0 ? 'istiod' : `istiod-${name}`;
}

export function issuerOf(cluster: ClusterSetting, index: number): string {
  return cluster.issuer ?? ownAuthority(index, cluster);
}

/** Makes the CAs of the settings and what istiods show. Draws its serial numbers before anything is awaited. */
export function makeTrust(
  provider: CryptoProvider,
  settings: MeshSettings,
  now: Date,
  chance: (name: string) => Chance,
): () => Promise<TrustMaterial> {
  const clusters = clustersOf(settings);
  const serials = settings.authorities.map(({ id }) => chance(`authority:${id}`).bytes(16));
  const rootSerials = clusters.map((_, index) => chance(actorOf(index, clusters)).bytes(16));
  const servingSerials = clusters.map((_, index) => chance(`${actorOf(index, clusters)}:serving`).bytes(16));
  return async () => {
    const made = new Map<string, Certified>();
    const authorities: { setting: AuthoritySetting; made: Certified }[] = [];
    for (const [index, setting] of settings.authorities.entries()) {
      const signer = setting.parent === undefined ? null : caOf(made, setting.parent);
      const order = { setting, keyPair: null, signer, defaultKeyType: settings.rootKeyType, now };
      const one = await certify(provider, { ...order, serial: serials[index]! });
      made.set(setting.id, one);
      authorities.push({ setting, made: one });
    }
    for (const [index, cluster] of clusters.entries()) {
      if (cluster.issuer !== undefined) continue;
      const id = ownAuthority(index, cluster);
      const ca = await createSelfSignedRoot(provider, {
        organization: cluster.trustDomain ?? settings.trustDomain,
        keyType: settings.rootKeyType,
        now,
        ttlMs: settings.rootTtlMs,
        serial: rootSerials[index]!,
      });
      const one = { ca, pkcs8: await exportPrivateKey(provider, ca.keyPair) };
      made.set(id, one);
      authorities.push({ setting: { id }, made: one });
    }
    const credentials = await Promise.all(
      clusters.map((cluster, index) =>
        istiodCredential(
          provider,
          caOf(made, issuerOf(cluster, index)),
          settings,
          now,
          servingSerials[index]!,
        ),
      ),
    );
    return { authorities, credentials };
  };
}

function caOf(made: ReadonlyMap<string, Certified>, id: string): SigningCa {
  const found = made.get(id);
  if (found === undefined) throw new Error(`no CA "${id}": a CA stands after its parent in the settings`);
  return found.ca;
}

function actorOf(index: number, clusters: readonly ClusterSetting[]): string {
  return index === 0 ? 'istiod' : `istiod:${clusters[index]!.name}`;
}

/** Puts what was made into the world and tells of it. */
export function enterTrust(world: World, { authorities, credentials }: TrustMaterial): void {
  const clusters = clustersOf(world.settings);
  const inIstiod = new Set(clusters.map((cluster, index) => issuerOf(cluster, index)));
  for (const { setting, made } of authorities) {
    const authority: Authority = {
      id: setting.id,
      setting,
      custody: inIstiod.has(setting.id) ? 'istiod' : setting.offline === true ? 'offline' : 'online',
      certificates: [],
      byAttacker: false,
      revoked: [],
      crl: null,
      crlNumber: 0,
    };
    world.authorities.set(setting.id, authority);
    enterCertificate(world, authority, made, { reason: 'created', issuer: parentOf(world, setting) });
  }
  for (const [index, cluster] of clusters.entries()) {
    const plane = planeOf(world, cluster, index, credentials[index]!);
    world.controlPlanes.push(plane);
    world.certificates.pin(plane.rootPem);
    tellLoaded(world, plane);
    publishBundle(world, plane, 'created');
  }
}

function parentOf(world: World, { parent }: AuthoritySetting): AuthorityCertificate['issuer'] {
  const authority = world.authorities.get(parent ?? '');
  return authority === undefined ? null : { authority: authority.id, with: currentOf(authority) };
}

function planeOf(
  world: World,
  cluster: ClusterSetting,
  index: number,
  credential: IstiodCredential,
): ControlPlane {
  const actor = actorOf(index, clustersOf(world.settings));
  const cacerts = cacertsFor(world, { issuer: issuerOf(cluster, index), roots: cluster.roots ?? null });
  const [leaf] = credential.chain;
  const credentialArtefact = world.artefacts.put({
    kind: 'certificate',
    owner: `${actor}:serving`,
    pod: null,
    bytes: leaf?.der ?? new Uint8Array(0),
    refs: { issuer: cacerts.signer.artefact },
  });
  if (leaf !== undefined) world.knownCertificates.set(certificateKey(leaf), credentialArtefact);
  const ca = signerOf(cacerts);
  return {
    cluster: cluster.name,
    actor,
    trustDomain: cluster.trustDomain ?? world.settings.trustDomain,
    trustDomainAliases: cluster.trustDomainAliases ?? [],
    namespaces: new Set(cluster.namespaces ?? []),
    nodes: cluster.nodes === undefined ? null : new Set(cluster.nodes),
    multiRoot: cluster.multiRoot ?? false,
    clusterTrustBundle: cluster.clusterTrustBundle ?? false,
    running: true,
    secret: cacerts,
    loaded: cacerts,
    isSelfSigned: cluster.issuer === undefined,
    ca,
    chain: cacerts.chain.map(({ certificate }) => certificate),
    rootPem: pemOf(cacerts.roots),
    roots: ca.roots,
    credential,
    credentialArtefact,
    extraAnchors: [],
    clockOffsetMs: 0,
  };
}

function tellLoaded(world: World, plane: ControlPlane): void {
  const { loaded, actor, cluster, isSelfSigned } = plane;
  const { certificate, artefact } = loaded.signer;
  if (isSelfSigned)
    world.trace.append(actor, 'root.created', {
      artefact,
      notAfterMs: certificate.notAfter.getTime() - world.epochMs,
      subject: certificate.subject.toString(),
    });
  world.trace.append(actor, 'cacerts.loaded', {
    cluster,
    authority: loaded.authority,
    certificate: artefact,
    chain: loaded.chain.slice(1).map((each) => each.artefact),
    roots: rootArtefacts(plane),
    crls: [],
    change: 'initial',
    selfSigned: isSelfSigned,
    log: isSelfSigned ? 'Use self-signed certificate as the CA certificate' : 'Use local CA certificate',
  });
}
