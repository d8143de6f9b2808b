import {
  createSelfSignedRoot,
  exportPrivateKey,
  generateKeyPair,
  importPrivateKeyPem,
  issueSelfSigned,
  issueWorkloadCertificate,
  issuingChain,
  type Certificate,
  type KeyPair,
} from '../core/pki/index.ts';
import type { PresentCommand } from './command.ts';
import type { PodRecord } from './cluster.ts';
import type { AgentSecret } from './runtime.ts';
import { certificateKey } from './tls/evidence.ts';
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
  { certificate }: PresentCommand,
  victim: PodRecord,
): string | null {
  const runtime = world.runtimes.of(record.pod);
  if (certificate === 'own') runtime.presented = null;
  if (certificate === 'none' || certificate === 'plaintext') {
    const isPlaintext = certificate === 'plaintext';
    runtime.presented = { isPlaintext, chain: [], keyPair: null, certificateArtefact: null };
  }
  if (certificate === 'own' || certificate === 'none' || certificate === 'plaintext') return null;
  const stolen = world.runtimes.peek(victim.pod)?.agent ?? null;
  if ((certificate === 'other-identity' || certificate === 'copied') && stolen === null)
    return `${victim.pod} has no certificate to steal`;
  const make = maker(world, certificate, victim, stolen);
  world.gate.run('credential.forge', make, (result) => {
    if (!result.ok) throw result.error;
    const { chain, keyPair } = result.value;
    runtime.presented = {
      isPlaintext: false,
      chain,
      keyPair,
      certificateArtefact:
        stolen !== null && (certificate === 'other-identity' || certificate === 'copied')
          ? stolen.certificateArtefact
          : put(world, record, result.value),
    };
  });
  return null;
}

/** Takes what it needs of time and chance now; what it returns only computes. */
function maker(
  world: World,
  certificate: 'expired' | 'other-root' | 'other-identity' | 'copied' | 'self-signed',
  victim: PodRecord,
  stolen: AgentSecret | null,
): () => Promise<Forged> {
  const { provider, settings, ca } = world;
  const chance = world.chance('attacker');
  const serial = chance.bytes(16);
  const rootSerial = chance.bytes(16);
  const nowMs = world.epochMs + world.clock.now();
  const spiffeId = `spiffe://${settings.trustDomain}/ns/${victim.namespace}/sa/${victim.serviceAccount}`;
  const request = { spiffeId, now: new Date(nowMs), ttlMs: settings.secretTtlMs, serial };
  return async () => {
    if (certificate === 'other-identity' && stolen !== null) {
      const keyPair = await importPrivateKeyPem(provider, stolen.keyPem);
      return { chain: world.certificates.parse(stolen.chainPem), keyPair, pkcs8: null };
    }
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
      return { chain: [leaf, ...issuingChain(ca), ...ca.roots], keyPair, pkcs8 };
    }
    const other = await createSelfSignedRoot(provider, {
      organization: settings.trustDomain,
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
