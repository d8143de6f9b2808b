import type { Certificate, Crl, SigningCa } from '../../core/pki/index.ts';
import type { ArtefactId } from '../../trace/index.ts';
import type { IstiodCredential } from '../ca/istiod-credential.ts';
import type { World } from '../world.ts';
import type { AuthorityCertificate } from './authority.ts';

/**
 * A cluster with an istiod of its own. Simplified: clusters share one API server and a flat network, where each would have its
 * own, with a gateway between them.
 */
export interface ClusterSetting {
  readonly name: string;
  /** CA whose key is in this cluster's `cacerts`; istiod makes a root of its own unless given. */
  readonly issuer?: string;
  /** CAs whose certificates `root-cert.pem` holds; the root above `issuer` unless given. */
  readonly roots?: readonly string[];
  readonly trustDomain?: string;
  readonly trustDomainAliases?: readonly string[];
  /** Namespaces of this cluster; the first cluster has all that no other names. */
  readonly namespaces?: readonly string[];
  /** Nodes of this cluster; all unless given. */
  readonly nodes?: readonly string[];
  /** `ISTIO_MULTIROOT_MESH`. */
  readonly multiRoot?: boolean;
  /** `ENABLE_CLUSTER_TRUST_BUNDLE_API`: istiod publishes its roots as an object of the cluster, too. */
  readonly clusterTrustBundle?: boolean;
}

/** A revocation list with its artefact. */
export interface KeptCrl {
  readonly list: Crl;
  readonly artefact: ArtefactId;
}

/** The secret `cacerts` of a cluster, as files: signing certificate and key, intermediates, roots, lists. */
export interface Cacerts {
  readonly authority: string;
  readonly signer: AuthorityCertificate;
  /** Signing certificate first, then what leads to the roots. */
  readonly chain: readonly AuthorityCertificate[];
  readonly roots: readonly AuthorityCertificate[];
  readonly crls: readonly KeptCrl[];
}

/** A root of `meshConfig.caCertificates`, with the trust domains it is for. */
export interface ExtraAnchor {
  readonly certificate: Certificate;
  readonly artefact: ArtefactId;
  readonly trustDomains: readonly string[];
}

/** istiod of a cluster: what it has loaded, and what its secret says by now. */
export interface ControlPlane {
  readonly cluster: string;
  /** systemId of its actor, and its address on the wire. */
  readonly actor: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly namespaces: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string> | null;
  multiRoot: boolean;
  readonly clusterTrustBundle: boolean;
  running: boolean;
  /** What stands in the secret; another than `loaded` where istiod has refused it. */
  secret: Cacerts;
  loaded: Cacerts;
  /** Whether it signs with a root that it made itself. */
  isSelfSigned: boolean;
  ca: SigningCa;
  /** Sent with every leaf, after it. */
  chain: readonly Certificate[];
  rootPem: string;
  roots: readonly Certificate[];
  credential: IstiodCredential;
  credentialArtefact: ArtefactId;
  extraAnchors: readonly ExtraAnchor[];
  /** Where the clock of its machine stands, against true time. */
  clockOffsetMs: number;
}

/** The control plane of a namespace's cluster. */
export function controlPlaneOf(world: Pick<World, 'controlPlanes'>, namespace: string): ControlPlane {
  const named = world.controlPlanes.find(({ namespaces }) => namespaces.has(namespace));
  return named ?? firstPlane(world);
}

export function firstPlane({ controlPlanes }: Pick<World, 'controlPlanes'>): ControlPlane {
  const [first] = controlPlanes;
  if (first === undefined) throw new Error('a mesh has at least one cluster');
  return first;
}

/** Artefacts of the roots that istiod adds to its answers. */
export function rootArtefacts({ loaded }: ControlPlane): ArtefactId[] {
  return loaded.roots.map(({ artefact }) => artefact);
}

/** What must be sent after a leaf, and what is trusted, in the terms of istiod's signing code. */
export function signerOf({ signer, chain, roots }: Cacerts): SigningCa {
  return {
    certificate: signer.certificate,
    keyPair: signer.keyPair,
    chain: chain.slice(1).map(({ certificate }) => certificate),
    roots: roots.map(({ certificate }) => certificate),
  };
}

export function pemOf(entries: readonly { readonly certificate: Certificate }[]): string {
  return entries.map(({ certificate }) => certificate.pem()).join('');
}

/** Trust domains whose SPIFFE IDs servers of this cluster accept (pilot/pkg/networking/plugin/authn/util.go). */
export function acceptedTrustDomains({
  trustDomain,
  trustDomainAliases,
  extraAnchors,
}: ControlPlane): string[] {
  const foreign = extraAnchors.flatMap(({ trustDomains }) => trustDomains);
  return [...new Set([trustDomain, ...trustDomainAliases, ...foreign])];
}
