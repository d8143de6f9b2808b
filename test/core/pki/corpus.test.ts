import { describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { refusalText, tlsVerdict, verifyChain } from '../../../src/core/pki/index.ts';
import { corpus } from './corpus/corpus.ts';
import { present } from './presented.ts';

describe('the corpus', () => {
  it('holds at least 300 chains, each under a name of its own', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(300);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  });

  it.each(corpus)('$name', async ({ build, error }) => {
    const result = await verifyChain(nativeCrypto, present(await build(nativeCrypto)));
    expect(result.error?.kind ?? null).toBe(error);
    expect(result.ok).toBe(error === null);
    if (result.error === null) return;
    expect(refusalText(result.error)).toMatch(/^\S.{20,}\.$/s);
    expect(tlsVerdict(result.error).text).not.toBe('unknown');
  });
});
