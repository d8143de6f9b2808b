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
