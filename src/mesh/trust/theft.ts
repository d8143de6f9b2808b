import {
  exportPrivateKey,
  generateKeyPair,
  issueWorkloadCertificate,
  type Certificate,
  type KeyPair,
} from '../../core/pki/index.ts';
import type { CryptoProvider } from '../../core/crypto/index.ts';
import type { KeyType } from '../../core/pki/index.ts';
import { done, refused, withPod } from '../command-results.ts';
import type { CommandResult } from '../command.ts';
import { certificateKey } from '../tls/evidence.ts';
import type { World } from '../world.ts';
import { currentOf, pathUp, signingCa, type AuthorityCertificate } from './authority.ts';
import type { TrustCommand } from './command.ts';
import { withAuthority } from './named.ts';

/** Somebody copies a private key, with the certificate it is for. Nothing is missing afterwards. */
export function stealKey(world: World, { of }: Extract<TrustCommand, { type: 'steal-key' }>): CommandResult {
  if ('authority' in of) {
    return withAuthority(world, of.authority, (authority) => {
      if (authority.custody === 'offline')
        return refused(
          'authority.online',
          `the key of "${authority.id}" is in a safe: there is no copy to steal`,
        );
      const entry = currentOf(authority);
      world.stolenAuthorities.set(authority.id, entry);
      world.trace.append('mesh', 'key.stolen', {
        of: 'authority',
        holder: authority.id,
        key: entry.keyArtefact,
        certificate: entry.artefact,
        spiffeId: null,
        notAfterMs: entry.certificate.notAfter.getTime() - world.epochMs,
      });
      return done();
    });
  }
  return withPod(world, of.pod, (record) => {
    const secret = world.runtimes.peek(record.pod)?.agent ?? null;
    if (secret === null) return refused('credential.exists', `${record.pod} has no key yet`);
    // The latest theft comes last, also of a pod that was robbed before.
    world.stolenSecrets.delete(record.pod);
    world.stolenSecrets.set(record.pod, { secret, workload: record.workload.key });
    world.trace.append('mesh', 'key.stolen', {
      of: 'workload',
      holder: record.pod,
      key: secret.keyArtefact,
      certificate: secret.certificateArtefact,
      spiffeId: secret.spiffeId,
      notAfterMs: secret.notAfterMs,
    });
    return done();
  });
}

/** What a thief of a CA's key signs with: the certificate stolen, or that of a CA the thief made below it. */
export function stolenSigner(world: World, id: string): AuthorityCertificate | null {
  const stolen = world.stolenAuthorities.get(id);
  if (stolen === undefined) return null;
  const authority = world.authorities.get(id);
  return stolen ?? (authority === undefined ? null : currentOf(authority));
}

/**
 * Every certificate there is of the key that was stolen, the stolen one first. Certificates are no secret: whoever has the
 * key picks the one that allows most, whichever its owner uses by now.
 */
export function signersOfStolenKey(world: World, id: string): AuthorityCertificate[] {
  const first = stolenSigner(world, id);
  if (first === null) return [];
  const all = [...world.authorities.values()].flatMap(({ certificates }) => certificates);
  return [first, ...all.filter((each) => each !== first && each.keyPair === first.keyPair)];
}

export interface ForgeryOrder {
  readonly signer: AuthorityCertificate;
  readonly spiffeId: string;
  readonly keyType: KeyType;
  readonly now: Date;
  readonly ttlMs: number;
  readonly serial: Uint8Array;
  /** A key the thief has already; a new one unless given. */
  readonly keyPair?: KeyPair;
}

export interface Forgery {
  readonly leaf: Certificate;
  /** Leaf first, the root last: what a workload of the mesh would send. */
  readonly chain: readonly Certificate[];
  readonly keyPair: KeyPair;
  readonly pkcs8: Uint8Array;
}

/** A leaf with istiod's profile, which says what the thief likes. */
export async function forge(provider: CryptoProvider, order: ForgeryOrder): Promise<Forgery> {
  const { signer, spiffeId, now, ttlMs, serial } = order;
  const keyPair = order.keyPair ?? (await generateKeyPair(provider, order.keyType));
  const { spki } = keyPair;
  const ca = signingCa(signer);
  const leaf = await issueWorkloadCertificate(provider, ca, { spiffeId, now, ttlMs, serial, spki });
  const chain = [leaf, ...pathUp(signer).map(({ certificate }) => certificate)];
  return { leaf, chain, keyPair, pkcs8: await exportPrivateKey(provider, keyPair) };
}

/** Keeps a forged leaf and its key as artefacts. */
export function enterForgery(
  world: World,
  { leaf, pkcs8 }: Forgery,
  of: { readonly authority: string; readonly spiffeId: string; readonly pod: string | null },
): string {
  const owner = `forged:${of.authority}:${of.spiffeId}`;
  const { pod } = of;
  const key = world.artefacts.put({ kind: 'private-key', owner, pod, bytes: pkcs8, refs: {} });
  const artefact = world.artefacts.put({ kind: 'certificate', owner, pod, bytes: leaf.der, refs: { key } });
  world.knownCertificates.set(certificateKey(leaf), artefact);
  world.trace.append('mesh', 'certificate.forged', {
    authority: of.authority,
    artefact,
    key,
    spiffeId: of.spiffeId,
    pod,
    notAfterMs: leaf.notAfter.getTime() - world.epochMs,
  });
  return artefact;
}
