import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/core/bytes/hex.ts';
import { utf8Encode } from '../../../src/core/bytes/bytes.ts';
import { digest, randomBytes } from '../../../src/core/crypto/index.ts';
import { providers } from '../../support/peculiar.ts';

describe.each(providers)('the provider $name', (provider) => {
  it('hashes (FIPS 180-4, "abc")', async () => {
    const hash = await digest(provider, 'SHA-256', utf8Encode('abc'));
    expect(toHex(hash)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(toHex(await digest(provider, 'SHA-1', utf8Encode('abc')))).toBe(
      'a9993e364706816aba3e25717850c26c9cd0d89d',
    );
  });

  it('gives random bytes', () => {
    const [a, b] = [randomBytes(provider, 32), randomBytes(provider, 32)];
    expect(a).toHaveLength(32);
    expect(toHex(a)).not.toBe(toHex(b));
  });
});
