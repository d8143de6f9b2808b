import { toHex } from '../../core/bytes/index.ts';
import type { PublicKeyInfo } from '../../core/pki/key-type.ts';

/** UTC to the second: `2026-03-02T08:58:00Z`. */
export function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? String(atMs) : date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** A span of time in hours as far as people say it so (`24h2m`), in days from two days on (`3650d`, `89d23h`). */
export function spanText(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const days = seconds >= 172_800 ? Math.floor(seconds / 86_400) : 0;
  const hours = Math.floor((seconds - days * 86_400) / 3600);
  const parts =
    days > 0
      ? [`${days}d`, part(hours, 'h')]
      : [part(hours, 'h'), part(Math.floor((seconds % 3600) / 60), 'm')];
  if (days === 0 && seconds < 36_000) parts.push(part(seconds % 60, 's'));
  return (ms < 0 ? '-' : '') + (parts.join('') || '0s');
}

function part(amount: number, unit: string): string {
  return amount > 0 ? `${amount}${unit}` : '';
}

const SHOWN_OCTETS = 32;

/** Hex in pairs, cut after 32 octets with the count behind it. */
export function hexText(bytes: Uint8Array): string {
  if (bytes.length <= SHOWN_OCTETS) return toHex(bytes, ':');
  return `${toHex(bytes.subarray(0, SHOWN_OCTETS), ':')}… (${bytes.length} octets)`;
}

/** `ECDSA P-256`, `RSA 2048`; the oid of other algorithms. */
export function keyText(key: PublicKeyInfo): string {
  if (key.kind === 'ec') return `ECDSA ${key.curve}`;
  if (key.kind === 'ed25519') return 'Ed25519';
  return key.kind === 'rsa' ? `RSA ${key.modulusBits}` : key.algorithm;
}
