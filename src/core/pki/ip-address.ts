/**
 * An iPAddress in text: dotted quad or RFC 5952 form.
 *
 * @param withMask the second half of `bytes` is a mask, as in name constraints; written `10.0.0.0/255.0.0.0`
 * @returns null where `bytes` have no valid length
 */
export function formatIp(bytes: Uint8Array, withMask = false): string | null {
  if (!withMask) return formatAddress(bytes);
  const half = bytes.length >> 1;
  if (half * 2 !== bytes.length) return null;
  const address = formatAddress(bytes.subarray(0, half));
  const mask = formatAddress(bytes.subarray(half));
  return address === null || mask === null ? null : `${address}/${mask}`;
}

function formatAddress(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  const longest = longestZeroRun(groups);
  if (longest.length < 2) return groups.join(':');
  const head = groups.slice(0, longest.start).join(':');
  return `${head}::${groups.slice(longest.start + longest.length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (let at = 0; at < groups.length; at++) {
    length = groups[at] === '0' ? length + 1 : 0;
    if (length > best.length) best = { start: at - length + 1, length };
  }
  return best;
}

/**
 * The octets of an address in text: a dotted quad, or one of RFC 4291's forms without a zone.
 *
 * @returns null where it is none
 */
export function parseIp(text: string): Uint8Array | null {
  if (!text.includes(':')) return parseQuad(text);
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return null;
  const before = parseGroups(head);
  const after = tail === undefined ? [] : parseGroups(tail);
  if (before === null || after === null) return null;
  const missing = 16 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return null;
  return Uint8Array.from([...before, ...new Array<number>(missing).fill(0), ...after]);
}

function parseQuad(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return null;
  return Uint8Array.from(parts, Number);
}

/** Groups between colons, a dotted quad allowed as the last; as octets. */
function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [at, group] of groups.entries()) {
    const quad = at === groups.length - 1 && group.includes('.') ? parseQuad(group) : null;
    if (quad !== null) octets.push(...quad);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return null;
  }
  return octets;
}
