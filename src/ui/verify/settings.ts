import type { ChainPurpose, ReferenceName } from '../../core/pki/index.ts';
import { parseIp } from '../../core/pki/ip-address.ts';
import { SpiffeId } from '../../core/spiffe/index.ts';
import { asRecord } from '../shared/storage.ts';

export const purposes = ['any', 'server', 'client'] as const;
export const profiles = ['rfc5280', 'spiffe'] as const;
export const revocations = ['off', 'soft', 'hard'] as const;

/** The rules of a verification, as the learner has them before their eyes. */
export interface Settings {
  /** `2026-03-02T09:00:00`, UTC; empty: the moment it is asked. */
  readonly at: string;
  readonly purpose: (typeof purposes)[number];
  readonly profile: (typeof profiles)[number];
  readonly revocation: (typeof revocations)[number];
  /** The name that is expected, of whatever type; empty: any. */
  readonly name: string;
}

export const standardSettings: Settings = {
  at: '',
  purpose: 'any',
  profile: 'rfc5280',
  revocation: 'off',
  name: '',
};

export const purposeCodes: Readonly<Record<Settings['purpose'], ChainPurpose>> = {
  any: 'any',
  server: 'serverAuth',
  client: 'clientAuth',
};

const longestName = 2048;

/** Whatever was stored, as settings. */
export function asSettings(value: unknown): Settings {
  const { at, purpose, profile, revocation, name } = asRecord(value);
  const one = <T extends string>(of: readonly T[], found: unknown, otherwise: T): T =>
    of.find((known) => known === found) ?? otherwise;
  return {
    at: typeof at === 'string' && !Number.isNaN(instantOf(at) ?? Number.NaN) ? at : '',
    purpose: one(purposes, purpose, standardSettings.purpose),
    profile: one(profiles, profile, standardSettings.profile),
    revocation: one(revocations, revocation, standardSettings.revocation),
    name: typeof name === 'string' ? name.slice(0, longestName) : '',
  };
}

/** Milliseconds since 1970 of a moment as the field writes it; null where it is none. */
export function instantOf(at: string): number | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(at)) return null;
  const ms = Date.parse(`${at}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** A moment as the field writes it. */
export function fieldInstant(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** What type a name is of; null where none is expected. */
export function referenceName(text: string): ReferenceName | null {
  const value = text.trim();
  if (value === '') return null;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return { type: 'uri', value };
  if (parseIp(value) !== null) return { type: 'ip', value };
  return { type: value.includes('@') ? 'email' : 'dns', value };
}

/** Why a SPIFFE ID that is expected is none, in the reader's words; null where it is one. */
export function spiffeIdFault(text: string): string | null {
  const parsed = SpiffeId.parse(text.trim());
  return parsed.ok ? null : parsed.error.message;
}
