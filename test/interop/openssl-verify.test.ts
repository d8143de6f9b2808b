import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { verifyChain } from '../../src/core/pki/index.ts';
import type { CorpusCase } from '../core/pki/corpus/case.ts';
import { corpus } from '../core/pki/corpus/corpus.ts';
import { present } from '../core/pki/presented.ts';
import { disagreements } from './disagreements.ts';
import { hasOpenssl } from './openssl.ts';
import { opensslVerify, type OpensslVerdict } from './openssl-verify-case.ts';

/** OpenSSL processes at a time: what a small machine has to spare. */
const AT_ONCE = 3;

interface Judged {
  readonly one: CorpusCase;
  readonly isOurs: boolean;
  readonly theirs: OpensslVerdict;
}

describe.skipIf(!hasOpenssl)('OpenSSL on the corpus', () => {
  const judged: Judged[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'svidlab-corpus-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  beforeAll(async () => {
    const cases = corpus.entries();
    const worker = async () => {
      for (const [index, one] of cases) {
        const input = present(await one.build(nativeCrypto));
        const { ok } = await verifyChain(nativeCrypto, input);
        judged.push({ one, isOurs: ok, theirs: await opensslVerify(input, join(directory, String(index))) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }, 300_000);

  it('judges every chain', () => {
    expect(judged.length).toBe(corpus.length);
  });

  it('agrees with us but where the standards decide against it, chain by chain', () => {
    const found = judged
      .filter(({ isOurs, theirs }) => isOurs !== (theirs.code === null))
      .map(({ one, theirs }) => `${one.name} (${theirs.code ?? 'accepted'})`);
    const listed = disagreements.map(({ chain, openssl }) => `${chain} (${openssl ?? 'accepted'})`);
    expect(found.sort()).toEqual(listed.sort());
  });

  it('gives the code that is noted for a defect', () => {
    const noted = judged.filter(({ one }) => one.opensslCode !== undefined);
    const codes = noted.map(({ one, theirs }) => `${one.name}: ${theirs.code}`);
    expect(codes.sort()).toEqual(noted.map(({ one }) => `${one.name}: ${one.opensslCode}`).sort());
  });
});
