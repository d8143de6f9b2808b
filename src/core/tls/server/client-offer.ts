import { findExtension, type Extension, type KeyShareEntry } from '../extensions/extension.ts';
import { describe, listed } from '../extensions/describe.ts';
import { Fault } from '../fault.ts';
import { type ClientHelloInfo, helloInfo } from '../messages/hello-info.ts';
import type { ClientHello } from '../messages/message.ts';

const SSL3 = 0x0300;
const TLS12 = 0x0303;
const TLS13 = 0x0304;
const PSK_DHE_KE = 1;

/** A ClientHello as a server of TLS 1.3 reads it, its rules kept. */
export interface ClientOffer extends ClientHelloInfo {
  readonly hello: ClientHello;
  readonly shares: readonly KeyShareEntry[];
  readonly psk: Extract<Extension, { type: 'pre_shared_key' }> | null;
  readonly earlyData: boolean;
  readonly hasSignatureAlgorithms: boolean;
  /** It knows psk_dhe_ke, so that a ticket is of use to it. */
  readonly canResume: boolean;
}

/**
 * Reads what a client offers.
 *
 * @throws Fault where it breaks a rule of RFC 9846 section 4.1.2, 4.2 or 9.2
 */
export function readClientOffer(hello: ClientHello): ClientOffer {
  const { extensions } = hello;
  checkVersion(hello);
  if (hello.compressionMethods.length !== 1 || hello.compressionMethods[0] !== 0)
    throw illegal('client-hello.compression', 'legacy_compression_methods is not the one octet 0', '4.1.2');
  const info = helloInfo(hello);
  const earlyData = findExtension(extensions, 'early_data') !== null;
  const psk = readPsk(extensions);
  if (earlyData && psk === null)
    throw illegal('client-hello.early-data', 'early_data without pre_shared_key', '4.2.10');
  const hasSignatureAlgorithms = findExtension(extensions, 'signature_algorithms') !== null;
  const modes = findExtension(extensions, 'psk_key_exchange_modes')?.modes ?? [];
  const canResume = modes.includes(PSK_DHE_KE);
  return {
    ...info,
    hello,
    shares: readShares(hello, info),
    psk,
    earlyData,
    hasSignatureAlgorithms,
    canResume,
  };
}

function checkVersion(hello: ClientHello): void {
  if (hello.legacyVersion <= SSL3) {
    const reason = `legacy_version is ${describe.version(hello.legacyVersion)}`;
    throw new Fault('protocol_version', 'client-hello.legacy-version', reason, 'E.5');
  }
  // Without the extension it is TLS 1.2 at most, whatever legacy_version says.
  const versions = findExtension(hello.extensions, 'supported_versions')?.versions ?? [
    Math.min(hello.legacyVersion, TLS12),
  ];
  if (!versions.includes(TLS13)) {
    const reason = `the client offers ${listed(versions, describe.version)}, not TLS 1.3`;
    throw new Fault('protocol_version', 'client-hello.version', reason, '4.2.1');
  }
}

function readShares(hello: ClientHello, { groups }: ClientHelloInfo): readonly KeyShareEntry[] {
  const shares = findExtension(hello.extensions, 'key_share')?.shares;
  if (shares === undefined || groups.length === 0) {
    const missing = shares === undefined ? 'key_share' : 'supported_groups';
    throw new Fault(
      'missing_extension',
      'client-hello.key-exchange',
      `the ClientHello has no ${missing}`,
      '9.2',
    );
  }
  const offered = new Set(groups);
  const seen = new Set<number>();
  for (const { group } of shares) {
    if (seen.has(group))
      throw illegal('key-share.duplicate', `two key shares for ${describe.group(group)}`, '4.2.8');
    seen.add(group);
    if (!offered.has(group))
      throw illegal(
        'key-share.group',
        `a key share for ${describe.group(group)}, not in supported_groups`,
        '4.2.8',
      );
  }
  return shares;
}

function readPsk(extensions: readonly Extension[]): ClientOffer['psk'] {
  const psk = findExtension(extensions, 'pre_shared_key');
  if (psk === null) return null;
  if (extensions.at(-1) !== psk)
    throw illegal('psk.last', 'pre_shared_key is not the last extension', '4.2.11');
  if (psk.identities.length !== psk.binders.length) {
    const reason = `${psk.identities.length} identities and ${psk.binders.length} binders`;
    throw illegal('psk.binders', reason, '4.2.11');
  }
  const modes = findExtension(extensions, 'psk_key_exchange_modes')?.modes;
  if (modes === undefined) {
    const reason = 'pre_shared_key without psk_key_exchange_modes';
    throw new Fault('missing_extension', 'psk.modes', reason, '4.2.9');
  }
  // A PSK without (EC)DHE is not spoken here: such an offer is passed over.
  return modes.includes(PSK_DHE_KE) ? psk : null;
}

function illegal(rule: string, reason: string, section: string): Fault {
  return new Fault('illegal_parameter', rule, reason, section);
}
