import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate, ChainToVerify, PolicySettings } from '../../src/core/pki/index.ts';
import { atTime } from './openssl.ts';

/** What `openssl verify` says: the code of its first error, null where it accepts. */
export interface OpensslVerdict {
  readonly code: number | null;
  readonly output: string;
}

/** Judges a chain with `openssl verify`, its files written into a new directory. */
export async function opensslVerify(input: ChainToVerify, directory: string): Promise<OpensslVerdict> {
  const { chain, roots, at, purpose, revocation, policies, name, maxPathLength } = input;
  const [leaf, ...rest] = chain;
  await mkdir(directory);
  const write = (file: string, text: string) => writeFile(join(directory, file), text);
  await write('leaf.pem', leaf!.pem());
  // OpenSSL refuses an empty file.
  await write('rest.pem', pem(rest.length > 0 ? rest : [leaf!]));
  if (roots.length > 0) await write('roots.pem', pem(roots));
  const crls = revocation?.crls ?? [];
  if (crls.length > 0) await write('crls.pem', crls.map((crl) => crl.pem()).join(''));
  const output = await run(directory, [
    'verify',
    ...(input.strict === false ? [] : ['-x509_strict']),
    ...purposeOf(purpose),
    ...atTime(at),
    ...policyArgs(policies),
    ...(name?.type === 'dns' ? ['-verify_hostname', name.value] : []),
    ...(maxPathLength === undefined ? [] : ['-verify_depth', String(maxPathLength)]),
    ...(revocation === undefined ? [] : ['-crl_check_all', '-extended_crl', '-use_deltas']),
    ...(crls.length > 0 ? ['-CRLfile', 'crls.pem'] : []),
    ...(roots.length > 0 ? ['-CAfile', 'roots.pem'] : ['-no-CAfile', '-no-CApath', '-no-CAstore']),
    ...['-untrusted', 'rest.pem', 'leaf.pem'],
  ]);
  return { code: codeOf(output), output };
}

function purposeOf(purpose: ChainToVerify['purpose']): readonly string[] {
  if (purpose === 'any') return ['-purpose', 'any'];
  return ['-purpose', purpose === 'clientAuth' ? 'sslclient' : 'sslserver'];
}

function policyArgs(policies: PolicySettings | undefined): readonly string[] {
  if (policies === undefined) return [];
  // To OpenSSL no policy is none, and not any.
  const { initial = ['2.5.29.32.0'], explicit, inhibitMapping, inhibitAny } = policies;
  return [
    '-policy_check',
    ...initial.flatMap((oid) => ['-policy', oid]),
    ...(explicit ? ['-explicit_policy'] : []),
    ...(inhibitMapping ? ['-inhibit_map'] : []),
    ...(inhibitAny ? ['-inhibit_any'] : []),
  ];
}

function pem(certificates: readonly Certificate[]): string {
  return certificates.map((certificate) => certificate.pem()).join('');
}

function run(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('openssl', args, { cwd, encoding: 'utf8' }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

function codeOf(output: string): number | null {
  const code = /error (\d+) at -?\d+ depth lookup/.exec(output)?.[1];
  if (code === undefined && !/leaf\.pem: OK/.test(output)) throw new Error(output);
  return code === undefined ? null : Number(code);
}
