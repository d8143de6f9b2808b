/**
 * The forms of names and of the subtrees that constrain them (RFC 5280 4.2.1.6 and 4.2.1.10), as text.
 */

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** A host in preferred name syntax (RFC 1034 3.5, RFC 1123 2.1) whose last label is no number. */
export function isHostName(host: string): boolean {
  if (host.length === 0 || host.length > 253) return false;
  const labels = host.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels[labels.length - 1]!);
}

/** A dNSName: a host name, or one below a first label `*`. */
export function isDnsName(name: string): boolean {
  return isHostName(name.startsWith('*.') ? name.slice(2) : name);
}

/** An e-mail address: its local part as written, its host in lower case. */
export interface Mailbox {
  readonly local: string;
  readonly host: string;
}

/** Takes an address apart; null where it is no `local@host`. */
export function splitMailbox(mailbox: string): Mailbox | null {
  const [local, host, ...more] = mailbox.split('@');
  if (local === undefined || local === '' || host === undefined || more.length > 0) return null;
  return isHostName(host) ? { local, host: host.toLowerCase() } : null;
}

/**
 * Host of a URI for name constraints, in lower case: without port and one trailing dot. Null where the URI has no authority, has
 * user information, or its host is no domain name (an address, a label with `_`): RFC 5280 has such a URI refused
 * when a constraint applies, and BoringSSL does so.
 */
export function uriHost(uri: string): string | null {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1];
  if (authority === undefined || authority.includes('@')) return null;
  const host = authority.replace(/:\d*$/, '').replace(/\.$/, '');
  return isHostName(host) ? host.toLowerCase() : null;
}

/** `base` itself or any name below it; everything for the empty base. Both in lower case. */
export function isWithinDomain(name: string, base: string): boolean {
  return base === '' || name === base || name.endsWith(`.${base}`);
}

/** Whether an address lies in `subtree` (address and mask, one after the other); false for the other family. */
export function isWithinNetwork(address: Uint8Array, subtree: Uint8Array): boolean {
  if (subtree.length !== 2 * address.length) return false;
  return address.every((octet, at) => {
    const mask = subtree[address.length + at]!;
    return (octet & mask) === (subtree[at]! & mask);
  });
}

/** Whether the second half of `subtree` is a prefix mask. */
export function hasPrefixMask(subtree: Uint8Array): boolean {
  let ended = false;
  for (const octet of subtree.subarray(subtree.length / 2)) {
    if (ended && octet !== 0) return false;
    const inverse = ~octet & 0xff;
    if ((inverse & (inverse + 1)) !== 0) return false;
    if (octet !== 0xff) ended = true;
  }
  return true;
}
