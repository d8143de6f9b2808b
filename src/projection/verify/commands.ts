import { shellWord } from '../inspect/proof.ts';
import type { VerifyCase } from './evidence.ts';
import { instantText } from './instant.ts';

/** Something that a tool cannot be asked on its command line. */
export type NotAsked = 'spiffe' | 'uri' | 'soft' | 'lenient';

export interface VerifyCommand {
  readonly tool: 'openssl' | 'svidlab';
  readonly command: string;
  readonly notAsked: readonly NotAsked[];
}

export interface VerifyFile {
  readonly name: 'chain.pem' | 'roots.pem' | 'crls.pem';
  readonly text: string;
}

/** The same verification outside, and the files that its command lines name. */
export interface VerifyCommands {
  readonly commands: readonly VerifyCommand[];
  readonly files: readonly VerifyFile[];
}

/** Null where there is nothing to ask: no certificate, or nobody who is trusted. */
export function commandsFor(input: VerifyCase): VerifyCommands | null {
  const { chain, roots, crls, revocation } = input;
  if (chain.length === 0 || roots.length === 0) return null;
  const pem = (all: readonly { pem(): string }[]) => all.map((each) => each.pem()).join('');
  const withCrls = revocation !== 'off' && crls.length > 0;
  return {
    commands: [openssl(input), svidlab(input, withCrls)],
    files: [
      { name: 'chain.pem', text: pem(chain) },
      { name: 'roots.pem', text: pem(roots) },
      ...(withCrls ? [{ name: 'crls.pem', text: pem(crls) } as const] : []),
    ],
  };
}

const OPENSSL_PURPOSES = { any: 'any', serverAuth: 'sslserver', clientAuth: 'sslclient' } as const;
const OPENSSL_NAMES = { dns: '-verify_hostname', ip: '-verify_ip', email: '-verify_email' } as const;
const PURPOSES = { any: 'any', serverAuth: 'server', clientAuth: 'client' } as const;

function openssl(input: VerifyCase): VerifyCommand {
  const { roots, crls, at, purpose, profile, revocation, name, strict = true } = input;
  const isHard = revocation === 'hard';
  const words = [
    'openssl verify',
    ...(strict ? ['-x509_strict'] : []),
    `-purpose ${OPENSSL_PURPOSES[purpose]}`,
    `-attime ${Math.floor(at.getTime() / 1000)}`,
    ...(name === undefined || name.type === 'uri'
      ? []
      : [`${OPENSSL_NAMES[name.type]} ${shellWord(name.value)}`]),
    ...(isHard ? ['-crl_check_all -extended_crl -use_deltas'] : []),
    ...(isHard && crls.length > 0 ? ['-CRLfile crls.pem'] : []),
    // Else it asks for a way up to a certificate that is self-signed.
    ...(roots.some((root) => !root.isSelfIssued) ? ['-partial_chain'] : []),
    '-no-CApath -no-CAstore -CAfile roots.pem -untrusted chain.pem chain.pem',
  ];
  return {
    tool: 'openssl',
    command: words.join(' '),
    notAsked: [
      ...(profile === 'spiffe' ? (['spiffe'] as const) : []),
      ...(name?.type === 'uri' ? (['uri'] as const) : []),
      ...(revocation === 'soft' || revocation === 'at-hand' ? (['soft'] as const) : []),
    ],
  };
}

function svidlab(input: VerifyCase, withCrls: boolean): VerifyCommand {
  const { at, purpose, profile, revocation, name, strict = true } = input;
  const words = [
    'npm run -s svidlab -- verify --chain chain.pem --roots roots.pem',
    ...(withCrls ? ['--crl crls.pem'] : []),
    ...(revocation === 'at-hand' ? [] : [`--revocation ${revocation}`]),
    `--at ${instantText(at)}`,
    `--purpose ${PURPOSES[purpose]}`,
    `--profile ${profile}`,
    ...(name === undefined
      ? []
      : [
          name.type === 'uri'
            ? `--id ${quoted(name.value)}`
            : `--name ${quoted(`${name.type}:${name.value}`)}`,
        ]),
  ];
  return { tool: 'svidlab', command: words.join(' '), notAsked: strict ? [] : ['lenient'] };
}

/** As one word of a POSIX shell; plain where it is made of what needs no quotes. */
function quoted(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : shellWord(value);
}
