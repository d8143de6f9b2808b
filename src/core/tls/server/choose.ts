import type { TlsServerConfig } from '../config.ts';
import { describe, listed } from '../extensions/describe.ts';
import { Fault } from '../fault.ts';
import {
  type CipherSuite,
  type CipherSuiteParameters,
  cipherSuites,
  type NamedGroup,
  namedGroups,
} from '../names.ts';
import type { ClientOffer } from './client-offer.ts';

const DEFAULT_GROUPS: readonly NamedGroup[] = ['x25519', 'secp256r1'];

/**
 * The client's first suite that this side has: BoringSSL with AES hardware rates all suites of TLS 1.3 alike.
 *
 * @throws Fault handshake_failure
 */
export function chooseSuite(config: TlsServerConfig, offer: ClientOffer): CipherSuiteParameters {
  const own = (config.cipherSuites ?? (Object.keys(cipherSuites) as CipherSuite[])).map(
    (name) => cipherSuites[name],
  );
  for (const code of offer.cipherSuites) {
    const suite = own.find((candidate) => candidate.code === code);
    if (suite !== undefined) return suite;
  }
  const reason = `no cipher suite in common: the client offers ${listed(offer.cipherSuites, describe.suite)}`;
  throw new Fault('handshake_failure', 'negotiation.suite', reason, '4.1.1');
}

/**
 * This side's first group that the client has, whether it sent a share for it or not, as Envoy's BoringSSL does.
 *
 * @throws Fault handshake_failure
 */
export function chooseGroup(config: TlsServerConfig, offer: ClientOffer): NamedGroup {
  const group = (config.groups ?? DEFAULT_GROUPS).find((name) => offer.groups.includes(namedGroups[name]));
  if (group !== undefined) return group;
  const reason = `no group in common: the client offers ${listed(offer.groups, describe.group)}`;
  throw new Fault('handshake_failure', 'negotiation.group', reason, '4.1.1');
}

/**
 * This side's first protocol that the client has.
 *
 * @throws Fault no_application_protocol where both speak ALPN and share none
 */
export function chooseAlpn(config: TlsServerConfig, offer: ClientOffer): string | null {
  const { alpn = [], alpnMismatch = 'refuse' } = config;
  if (alpn.length === 0 || offer.alpn.length === 0) return null;
  const protocol = alpn.find((name) => offer.alpn.includes(name));
  if (protocol !== undefined) return protocol;
  if (alpnMismatch === 'ignore') return null;
  const reason = `no protocol in common: the client offers ${listed(offer.alpn, (name) => name)}, this side has ${alpn.join(', ')}`;
  throw new Fault('no_application_protocol', 'negotiation.alpn', reason, 'RFC 7301 3.2');
}
