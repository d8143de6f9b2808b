import { type Bytes, utf8Encode } from '../bytes/bytes.ts';

/**
 * The octets of an IPv4 address in dotted form (4) or of an IPv6 address (16; RFC 4291 section 2.2, without zone).
 *
 * @returns null for any other text
 */
export function parseIp(text: string): Bytes | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): Bytes | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return null;
  }
  return Uint8Array.from(parts, Number);
}

function parseIpv6(text: string): Bytes | null {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return null;
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  if (left === null || right === null) return null;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array<number>(missing).fill(0), ...right];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The 16-bit groups of one side of `::`; the last two may be written as an IPv4 address. */
function groupsOf(text: string): readonly number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = part.includes('.') && index === parts.length - 1 ? parseIpv4(part) : null;
    if (v4 !== null) groups.push((v4[0]! << 8) | v4[1]!, (v4[2]! << 8) | v4[3]!);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** A locally administered address made from the IP address, as container networks make theirs: `02:42` and IPv4. */
export function macOf(ip: Uint8Array): Bytes {
  return Uint8Array.of(0x02, 0x42, ...ip.subarray(-4));
}

/** FNV-1a, 32 bits: numbers that look arbitrary and are the same each time. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const octet of utf8Encode(text)) hash = Math.imul(hash ^ octet, 0x01000193);
  return hash >>> 0;
}
