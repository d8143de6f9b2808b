import { InvalidArgumentError } from 'commander';
import { SpiffeId } from '../../core/spiffe/index.ts';
import type { NamedGroup } from '../../core/tls/index.ts';

/** Options that `tls serve` and `tls connect` share. */
export interface TlsOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly roots?: string;
  readonly alpn?: readonly string[];
  readonly groups?: readonly NamedGroup[];
  /** Milliseconds since 1970; the present unless given. */
  readonly at?: number;
  readonly keylog?: string;
  readonly pcap?: string;
  readonly json?: true;
}

/** The moment at which peers' certificates have to be valid. */
export function momentOf({ at }: Pick<TlsOptions, 'at'>): () => Date {
  return () => (at === undefined ? new Date() : new Date(at));
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** `8443`; 0 lets the system choose. */
export function portOption(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('Write a TCP port, 0 to 65535; 0 takes any that is free.');
  return port;
}

/** `localhost:8443`, `127.0.0.1:8443`, `[::1]:8443`. */
export function addressArgument(text: string): HostAndPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535)
    throw new InvalidArgumentError('Write HOST:PORT, such as localhost:8443 or [::1]:8443.');
  return { host, port };
}

export function countOption(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count))
    throw new InvalidArgumentError('Write a whole number, 1 or more.');
  return count;
}

/** Seconds, at most a day: timers do not take much more. */
export function secondsOption(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text) || seconds < 1 || seconds > 86_400)
    throw new InvalidArgumentError('Write whole seconds, 1 to 86400.');
  return seconds;
}

/** `istio,http/1.1`, best first (RFC 7301 section 3.1: 1 to 255 octets each). */
export function alpnOption(text: string): readonly string[] {
  const protocols = text.split(',');
  if (!protocols.every((protocol) => /^[\x21-\x7e]{1,255}$/.test(protocol)))
    throw new InvalidArgumentError('Write protocols with commas between, such as istio,http/1.1.');
  return protocols;
}

/** What people and tools call the groups. */
const GROUPS: Readonly<Record<string, NamedGroup>> = {
  x25519: 'x25519',
  p256: 'secp256r1',
  'p-256': 'secp256r1',
  secp256r1: 'secp256r1',
  prime256v1: 'secp256r1',
};

/** `x25519,p256`, best first. */
export function groupsOption(text: string): readonly NamedGroup[] {
  const groups = text.split(',').map((name) => GROUPS[name.toLowerCase()]);
  if (groups.includes(undefined) || new Set(groups).size !== groups.length)
    throw new InvalidArgumentError('Write x25519, p256 or both, best first: x25519,p256.');
  return groups as NamedGroup[];
}

/** How a group is called in output: as in `--groups`. */
export function groupName(group: NamedGroup): string {
  return group === 'secp256r1' ? 'p256' : group;
}

export function spiffeIdOption(text: string): string {
  const parsed = SpiffeId.parse(text);
  if (parsed.ok) return text;
  throw new InvalidArgumentError(
    `Write a SPIFFE ID such as spiffe://cluster.local/ns/shop/sa/order (${parsed.error.message}).`,
  );
}

/** The option may be given several times. */
export function spiffeIdsOption(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, spiffeIdOption(text)];
}

/** A DNS name (RFC 1123 section 2.1): what SNI can carry (RFC 6066 section 3). */
export function dnsNameOption(text: string): string {
  const labels = text.split('.');
  const isName =
    text.length <= 253 && labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  if (!isName || /^[\d.]+$/.test(text))
    throw new InvalidArgumentError(
      'Write a DNS name such as order.shop.svc.cluster.local; an address is none.',
    );
  return text;
}

/** Istio's SNI, `outbound_.80_._.order.shop.svc.cluster.local`, is no host name, but goes over the wire. */
export function sniOption(text: string): string {
  if (!/^[\x21-\x7e]{1,253}$/.test(text)) throw new InvalidArgumentError('Write a name for SNI, in ASCII.');
  return text;
}
