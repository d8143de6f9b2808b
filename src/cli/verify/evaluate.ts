import { nativeCrypto } from '../../core/crypto/index.ts';
import { type Certificate, type Check, refusalText, type TriedPath } from '../../core/pki/index.ts';
import { gatherEvidence, type VerifyCase } from '../../projection/verify/evidence.ts';

export interface Verdict {
  readonly ok: boolean;
  /** `valid`, or the stable code of the refusal. */
  readonly code: string;
  readonly message: string;
  readonly path: readonly Certificate[];
  readonly checks: readonly Check[];
  readonly tried: readonly TriedPath[];
}

/** Judges one case by its profile. */
export async function evaluate(input: VerifyCase): Promise<Verdict> {
  const { ok, path, checks, tried, error } = (await gatherEvidence(nativeCrypto, input)).result;
  if (error !== null) return { ok, code: error.kind, message: refusalText(error), path, checks, tried };
  return {
    ok,
    code: 'valid',
    message: `A path of ${path.length} certificates is valid.`,
    path,
    checks,
    tried,
  };
}
