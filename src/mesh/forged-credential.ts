import {
  createSelfSignedRoot,
  exportPrivateKey,
  generateKeyPair,
  importPrivateKeyPem,
  issueSelfSigned,
  issueWorkloadCertificate,
  type Certificate,
  type KeyPair,
} from '../core/pki/index.ts';
import type { PresentCommand } from './command.ts';
import type { PodRecord } from './cluster.ts';
import type { AgentSecret } from './runtime.ts';
import { certificateKey } from './tls/evidence.ts';
import type { AuthorityCertificate } from './trust/authority.ts';
import { identityOf } from './trust/identities.ts';
import { stolenSecretOf } from './trust/stolen-secrets.ts';
import { enterForgery, forge, stolenSigner } from './trust/theft.ts';
import type { World } from './world.ts';

const dayMs = 86_400_000;

interface Forged {
  readonly chain: readonly Certificate[];
  readonly keyPair: KeyPair;
  /** PKCS#8, where the key was made for this. */
  readonly pkcs8: Uint8Array | null;
}

/**
 * Gives the Envoy of a pod another credential, with real keys and real certificates. `victim` is whose name it bears.
 * Returns what is missing for it, or null.
 */
export function presentCredential(
  world: World,
  record: PodRecord,
  { certificate, key, id }: PresentCommand,
  victim: PodRecord,
): string | null {
  const runtime = world.runtimes.of(record.pod);
  if (certificate === 'own') runtime.presented = null;
  if (certificate === 'none' || certificate === 'plaintext') {
    const isPlaintext = certificate === 'plaintext';
    runtime.presented = { isPlaintext, chain: [], keyPair: null, certificateArtefact: null };
  }
  if (certificate === 'own' || certificate === 'none' || certificate === 'plaintext') return null;
  const stolen =
    certificate === 'stolen'
      ? stolenSecretOf(world, victim.pod)
      : (world.runtimes.peek(victim.pod)?.agent ?? null);
  if (needsSecret.has(certificate) && stolen === null) {
    return certificate === 'stolen'
      ? `no key of ${victim.pod} is stolen`
      : `${victim.pod} has no certificate to steal`;
  }
  const signer = certificate === 'forged' ? stolenSigner(world, key ?? '') : null;
  if (certificate === 'forged' && signer === null) return `no key of the CA "${key ?? ''}" is stolen`;
  const spiffeId = id ?? identityOf(victim);
  const make = maker(world, { certificate, victim, stolen, signer, spiffeId });
  world.gate.run('credential.forge', make, (result) => {
    if (!result.ok) throw result.error;
    const { chain, keyPair } = result.value;
    runtime.presented = {
      isPlaintext: false,
      chain,
      keyPair,
      certificateArtefact:
        stolen !== null && needsSecret.has(certificate)
          ? stolen.certificateArtefact
          : signer === null
            ? put(world, record, result.value)
            : enterForged(world, record, result.value, key ?? '', spiffeId),
    };
  });
  return null;
}

/** Shown with a certificate that somebody else was given. */
const needsSecret: ReadonlySet<PresentCommand['certificate']> = new Set([
  'other-identity',
  'copied',
  'stolen',
]);

function enterForged(
  world: World,
  record: PodRecord,
  { chain, keyPair, pkcs8 }: Forged,
  authority: string,
  spiffeId: string,
): string | null {
  const [leaf] = chain;
  if (leaf === undefined || pkcs8 === null) return null;
  return enterForgery(world, { leaf, chain, keyPair, pkcs8 }, { authority, spiffeId, pod: record.pod });
}

interface Wanted {
  readonly certificate: Exclude<PresentCommand['certificate'], 'own' | 'none' | 'plaintext'>;
  readonly victim: PodRecord;
  readonly stolen: AgentSecret | null;
  readonly signer: AuthorityCertificate | null;
  readonly spiffeId: string;
}

/** Takes what it needs of time and chance now; what it returns only computes. */
function maker(
  world: World,
  { certificate, victim, stolen, signer, spiffeId }: Wanted,
): () => Promise<Forged> {
  const { provider, settings } = world;
  const { ca, chain: intermediates, roots, trustDomain } = victim.controlPlane;
  const chance = world.chance('attacker');
  const serial = chance.bytes(16);
  const rootSerial = chance.bytes(16);
  const nowMs = world.epochMs + world.clock.now();
  const request = { spiffeId, now: new Date(nowMs), ttlMs: settings.secretTtlMs, serial };
  return async () => {
    if ((certificate === 'other-identity' || certificate === 'stolen') && stolen !== null) {
      const keyPair = await importPrivateKeyPem(provider, stolen.keyPem);
      return { chain: world.certificates.parse(stolen.chainPem), keyPair, pkcs8: null };
    }
    if (signer !== null) return forge(provider, { ...request, signer, keyType: settings.keyType });
    const keyPair = await generateKeyPair(provider, settings.keyType);
    const pkcs8 = await exportPrivateKey(provider, keyPair);
    const { spki } = keyPair;
    // Anybody who has ever connected can copy a chain; the key of its leaf stays where it is.
    if (certificate === 'copied' && stolen !== null) {
      return { chain: world.certificates.parse(stolen.chainPem), keyPair, pkcs8: null };
    }
    if (certificate === 'self-signed') {
      return { chain: [await issueSelfSigned(provider, keyPair, request)], keyPair, pkcs8 };
    }
    if (certificate === 'expired') {
      const now = new Date(nowMs - settings.secretTtlMs - dayMs);
      const leaf = await issueWorkloadCertificate(provider, ca, { ...request, spki, now });
      return { chain: [leaf, ...intermediates, ...roots], keyPair, pkcs8 };
    }
    const other = await createSelfSignedRoot(provider, {
      organization: trustDomain,
      keyType: settings.rootKeyType,
      now: new Date(nowMs),
      ttlMs: settings.rootTtlMs,
      serial: rootSerial,
    });
    const leaf = await issueWorkloadCertificate(provider, other, { ...request, spki });
    return { chain: [leaf, other.certificate], keyPair, pkcs8 };
  };
}

function put(world: World, record: PodRecord, { chain: [leaf], pkcs8 }: Forged): string | null {
  if (leaf === undefined || pkcs8 === null) return null;
  const owner = `envoy:${record.pod}`;
  const { pod } = record;
  const key = world.artefacts.put({ kind: 'private-key', owner, pod, bytes: pkcs8, refs: {} });
  const artefact = world.artefacts.put({ kind: 'certificate', owner, pod, bytes: leaf.der, refs: { key } });
  world.knownCertificates.set(certificateKey(leaf), artefact);
  return artefact;
}
