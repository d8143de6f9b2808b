import { createCrl, type Certificate } from '../../core/pki/index.ts';
import { done, refused } from '../command-results.ts';
import type { CommandResult } from '../command.ts';
import { worldDate, type World } from '../world.ts';
import { currentOf, signingCa, type Authority } from './authority.ts';
import type { TrustCommand } from './command.ts';
import { offline } from './commands.ts';
import { withAuthority } from './named.ts';
import { stolenSecretOf } from './stolen-secrets.ts';
import { signersOfStolenKey } from './theft.ts';

type Command<T extends TrustCommand['type']> = Extract<TrustCommand, { type: T }>;

/** Puts a certificate on the list of the CA that signed it: a pod's, or that of a CA, with all others of a key that was stolen. */
export function revoke(
  world: World,
  { certificate, reason = 'keyCompromise' }: Command<'revoke'>,
): CommandResult {
  const found =
    'authority' in certificate ? ofAuthority(world, certificate.authority) : ofPod(world, certificate.pod);
  if (found.length === 0) {
    const name = 'authority' in certificate ? certificate.authority : certificate.pod;
    return refused('certificate.exists', `"${name}" has no certificate that a CA of this world could revoke`);
  }
  for (const { issuer, serialNumber, artefact } of found) {
    if (!issuer.revoked.some((each) => each.serialNumber === serialNumber))
      issuer.revoked.push({ serialNumber, revokedAt: worldDate(world), reason, certificate: artefact });
    world.trace.append('mesh', 'certificate.revoked', {
      authority: issuer.id,
      certificate: artefact,
      serialNumber,
      reason,
    });
  }
  return done();
}

interface ToRevoke {
  readonly issuer: Authority;
  readonly serialNumber: string;
  readonly artefact: string | null;
}

/** A stolen key makes every certificate of it worthless; else it is the one that the CA shows. */
function ofAuthority(world: World, id: string): ToRevoke[] {
  const authority = world.authorities.get(id);
  if (authority === undefined) return [];
  const stolen = signersOfStolenKey(world, id);
  return (stolen.length === 0 ? [currentOf(authority)] : stolen).flatMap(
    ({ certificate, artefact, issuer: by }) => {
      const issuer = world.authorities.get(by?.authority ?? '');
      return issuer === undefined ? [] : [{ issuer, serialNumber: certificate.serialNumber, artefact }];
    },
  );
}

/** The certificate that was stolen from a pod, where one was; the one it has otherwise. */
function ofPod(world: World, selector: string): ToRevoke[] {
  const record = world.cluster.resolve(selector);
  const own = record === null ? null : world.runtimes.peek(record.pod)?.agent;
  const secret = stolenSecretOf(world, selector) ?? own ?? null;
  if (secret === null) return [];
  const issuer = [...world.authorities.values()].find(({ certificates }) =>
    certificates.some(({ certificate }) => isIssuerOf(certificate, secret.leaf)),
  );
  if (issuer === undefined) return [];
  return [{ issuer, serialNumber: secret.leaf.serialNumber, artefact: secret.certificateArtefact }];
}

/** Two CAs may have one name; a key has one identifier. */
function isIssuerOf(ca: Certificate, leaf: Certificate): boolean {
  return ca.subject.toString() === leaf.issuer.toString() && ca.ski === leaf.aki;
}

/** A CA signs its list anew. */
export function publishCrl(
  world: World,
  { authority: id, validForMs }: Command<'publish-crl'>,
): CommandResult {
  return withAuthority(world, id, (authority) => {
    if (authority.custody === 'offline') return offline(world, authority);
    const entry = currentOf(authority);
    const { provider, epochMs } = world;
    const now = worldDate(world);
    const { crlNumber } = authority;
    const { keyUsage } = entry.certificate;
    if (!(keyUsage?.includes('cRLSign') ?? true))
      return refused('crl.signer', `keyUsage of "${id}" lacks cRLSign: it may not sign a list`);
    authority.crlNumber += 1;
    const options = {
      thisUpdate: now,
      nextUpdate: new Date(now.getTime() + validForMs),
      crlNumber,
      revoked: [...authority.revoked],
    };
    world.gate.run(
      'crl.sign',
      () => createCrl(provider, signingCa(entry), options),
      (result) => {
        if (!result.ok) throw result.error;
        const list = result.value;
        const artefact = world.artefacts.put({
          kind: 'crl',
          // Envoys may ask an earlier list for long: each stays.
          owner: `authority:${id}:crl:${crlNumber}`,
          pod: null,
          bytes: list.der,
          refs: { issuer: entry.artefact },
        });
        authority.crl = { list, artefact };
        world.trace.append('mesh', 'crl.published', {
          authority: id,
          artefact,
          number: crlNumber,
          thisUpdateMs: now.getTime() - epochMs,
          nextUpdateMs: options.nextUpdate.getTime() - epochMs,
          revoked: options.revoked.map(
            ({ serialNumber, certificate, revokedAt, reason = 'unspecified' }) => ({
              serialNumber,
              certificate,
              revokedAtMs: revokedAt.getTime() - epochMs,
              reason,
            }),
          ),
        });
      },
    );
    return done();
  });
}
