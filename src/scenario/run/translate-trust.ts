import type { AuthoritySetting } from '../../mesh/trust/authority.ts';
import type { TrustCommand } from '../../mesh/trust/command.ts';
import { parseDuration } from '../../core/time/duration.ts';
import type { LessonAuthority, LessonTrustCommand } from '../schema/trust.ts';

const defaultCrlMs = 7 * 86_400_000;

/** A command about CAs, trust or stolen keys in the terms of the mesh. */
export function translateTrustCommand(command: LessonTrustCommand): TrustCommand {
  if ('createAuthority' in command) {
    const { by = 'operator', ...authority } = command.createAuthority;
    return { type: 'create-authority', setting: translateAuthority(authority), by };
  }
  if ('renewAuthority' in command) {
    const { authority, newKey = false, ttl, ...changes } = command.renewAuthority;
    return { type: 'renew-authority', authority, newKey, changes: { ...changes, ...ttlOf(ttl) } };
  }
  if ('crossSign' in command) return { type: 'cross-sign', ...command.crossSign };
  if ('bringOnline' in command)
    return { type: 'move-key', authority: command.bringOnline, custody: 'online' };
  if ('takeOffline' in command)
    return { type: 'move-key', authority: command.takeOffline, custody: 'offline' };
  if ('cacerts' in command) return { type: 'cacerts', ...command.cacerts };
  if ('multiRoot' in command) return { type: 'multi-root', ...command.multiRoot };
  if ('meshAnchors' in command) return { type: 'mesh-anchors', ...command.meshAnchors };
  if ('revoke' in command) {
    const { reason, ...certificate } = command.revoke;
    return { type: 'revoke', certificate, ...(reason === undefined ? {} : { reason }) };
  }
  if ('publishCrl' in command) {
    const { authority, validFor } = command.publishCrl;
    return { type: 'publish-crl', authority, validForMs: parseDuration(validFor ?? '') ?? defaultCrlMs };
  }
  if ('steal' in command) return { type: 'steal-key', of: command.steal };
  if ('blastRadius' in command) {
    const of = command.blastRadius;
    return { type: 'blast-radius', holder: 'authority' in of ? of.authority : of.pod };
  }
  const { node, istiod, ahead, behind } = command.skewClock;
  const offsetMs = (parseDuration(ahead ?? '') ?? 0) - (parseDuration(behind ?? '') ?? 0);
  return node === undefined
    ? { type: 'skew-clock', of: 'istiod', name: istiod ?? '', offsetMs }
    : { type: 'skew-clock', of: 'node', name: node, offsetMs };
}

export function translateAuthority({ ttl, ...authority }: LessonAuthority): AuthoritySetting {
  return { ...authority, ...ttlOf(ttl) };
}

function ttlOf(text: string | undefined): { readonly ttlMs?: number } {
  const ttlMs = text === undefined ? null : parseDuration(text);
  return ttlMs === null ? {} : { ttlMs };
}
