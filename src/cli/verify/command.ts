import { parseOcspResponse, PkiError, type OcspResponse, type ReferenceName } from '../../core/pki/index.ts';
import { exitCode, UnusableInput } from '../exit.ts';
import { nameOf, readBytes } from '../input.ts';
import { printJson, printResult } from '../output.ts';
import { pemEncode } from '../../core/bytes/pem.ts';
import { PURPOSES } from './batch-case.ts';
import { verifyBatch } from './batch.ts';
import type { RevocationMode, VerifyCase } from '../../projection/verify/evidence.ts';
import { evaluate } from './evaluate.ts';
import { type PemContent, readCertificates, readCrls } from './read-pem.ts';
import { verdictJson, verdictText } from './report.ts';

export interface VerifyCommandOptions {
  readonly chain?: string;
  readonly roots?: string;
  readonly crl?: readonly string[];
  readonly ocsp?: string;
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly purpose: keyof typeof PURPOSES;
  readonly id?: string;
  readonly name?: ReferenceName;
  readonly profile: VerifyCase['profile'];
  readonly policy?: readonly string[];
  readonly explicitPolicy?: true;
  readonly inhibitMapping?: true;
  readonly inhibitAny?: true;
  readonly maxDepth?: number;
  readonly revocation?: 'hard' | 'soft' | 'off';
  readonly batch?: string;
  readonly json?: true;
}

/** `svidlab verify`. Resolves with the exit code. */
export async function verify(options: VerifyCommandOptions): Promise<number> {
  const now = new Date();
  if (options.batch !== undefined) return verifyBatch(options.batch, options.profile, now);
  if (options.chain === undefined || options.roots === undefined) {
    throw new UnusableInput({
      message: 'verify needs --chain and --roots, or --batch',
      hint: 'svidlab verify --chain chain.pem --roots roots.pem',
    });
  }
  const verdict = await evaluate(await readInput(options, options.chain, options.roots, now));
  if (options.json === true) printJson(verdictJson(verdict));
  else printResult(verdictText(verdict));
  return verdict.ok ? exitCode.ok : exitCode.expectationFailed;
}

async function readInput(
  options: VerifyCommandOptions,
  chain: string,
  roots: string,
  now: Date,
): Promise<VerifyCase> {
  const crls = options.crl ?? [];
  const revocation: RevocationMode = options.revocation ?? 'at-hand';
  const name = options.id === undefined ? options.name : ({ type: 'uri', value: options.id } as const);
  return {
    chain: await readFileOf(chain, 'CERTIFICATE', readCertificates),
    roots: await readFileOf(roots, 'CERTIFICATE', readCertificates),
    crls: (await Promise.all(crls.map((path) => readFileOf(path, 'X509 CRL', readCrls)))).flat(),
    staple: options.ocsp === undefined ? null : await readStaple(options.ocsp),
    at: options.at === undefined ? now : new Date(options.at),
    purpose: PURPOSES[options.purpose],
    profile: options.profile,
    revocation,
    ...(name === undefined ? {} : { name }),
    ...(options.maxDepth === undefined ? {} : { maxDepth: options.maxDepth }),
    policies: {
      ...(options.policy === undefined ? {} : { initial: options.policy }),
      explicit: options.explicitPolicy ?? false,
      inhibitMapping: options.inhibitMapping ?? false,
      inhibitAny: options.inhibitAny ?? false,
    },
  };
}

/** Everything of one kind in a file, PEM or one DER element. */
async function readFileOf<T>(
  path: string,
  label: string,
  read: (text: string) => PemContent<T>,
): Promise<readonly T[]> {
  const bytes = await readBytes(path);
  const text = bytes[0] === 0x30 ? pemEncode(label, bytes) : new TextDecoder().decode(bytes);
  const { items, faults } = read(text);
  if (faults.length === 0) return items;
  throw new UnusableInput(faults.map((message) => ({ file: nameOf(path), message })));
}

async function readStaple(path: string): Promise<OcspResponse> {
  try {
    return parseOcspResponse(await readBytes(path));
  } catch (error) {
    if (error instanceof PkiError) throw new UnusableInput({ file: nameOf(path), message: error.message });
    throw error;
  }
}
