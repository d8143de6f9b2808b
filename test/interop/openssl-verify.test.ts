import { describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import type { Certificate, ChainToVerify } from '../../src/core/pki/index.ts';
import { defects } from '../core/pki/defects.ts';
import { present } from '../core/pki/presented.ts';
import { soundChains } from '../core/pki/sound-chains.ts';
import { atTime, hasOpenssl, openssl } from './openssl.ts';

describe.skipIf(!hasOpenssl)('OpenSSL on the chains we refuse', () => {
  it.each(defects)('agrees: $name', async ({ build, openssl: code }) => {
    const run = verify(present(await build(nativeCrypto)));
    expect(codeOf(run.stdout + run.stderr)).toBe(code);
  });
});

describe.skipIf(!hasOpenssl)('OpenSSL on the chains we accept', () => {
  it.each(soundChains)('agrees: $name', async ({ build, openssl: exception }) => {
    const run = verify(present(await build(nativeCrypto)));
    expect(codeOf(run.stdout + run.stderr)).toBe(exception?.code ?? null);
  });
});

function verify({ chain, roots, at, purpose }: ChainToVerify) {
  const [leaf, ...rest] = chain;
  const purposeOf = purpose === 'clientAuth' ? 'sslclient' : 'sslserver';
  const args = [
    'verify',
    '-x509_strict',
    '-purpose',
    purposeOf,
    ...atTime(at),
    ...(roots.length > 0 ? ['-CAfile', 'roots.pem'] : ['-no-CAfile', '-no-CApath', '-no-CAstore']),
  ];
  return openssl([...args, '-untrusted', 'rest.pem', 'leaf.pem'], {
    'leaf.pem': leaf!.pem(),
    // OpenSSL refuses an empty file.
    'rest.pem': pem(rest.length > 0 ? rest : [leaf!]),
    'roots.pem': roots.length > 0 ? pem(roots) : '',
  });
}

function pem(certificates: readonly Certificate[]): string {
  return certificates.map((certificate) => certificate.pem()).join('');
}

function codeOf(output: string): number | null {
  const code = /error (\d+) at \d+ depth lookup/.exec(output)?.[1];
  if (code === undefined && !/leaf\.pem: OK/.test(output)) throw new Error(output);
  return code === undefined ? null : Number(code);
}
