import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { commandsFor } from '../../src/projection/verify/commands.ts';
import { gatherEvidence, type VerifyCase } from '../../src/projection/verify/evidence.ts';
import { readBag } from '../../src/projection/verify/read-bag.ts';
import { examples, makeExample } from '../../src/ui/verify/examples.ts';
import { purposeCodes, referenceName } from '../../src/ui/verify/settings.ts';
import { hasOpenssl } from './openssl.ts';

const now = new Date('2026-03-02T12:00:00Z');
const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What the page makes of an example, and what OpenSSL, which knows no SPIFFE and no soft revocation, makes of it. */
const expected = {
  sound: [null, /chain\.pem: OK/],
  expired: ['certificate-expired', /error 10 at 1 depth/],
  constrained: ['name-not-permitted', /error 47 at 0 depth/],
  // OpenSSL does not turn back where a path that could be built is not valid.
  detour: [null, /error 47 at 0 depth/],
  revoked: ['revoked', /chain\.pem: OK/],
} as const;

describe.skipIf(!hasOpenssl).each(examples)('the command lines for the example “%s”', (example) => {
  it('say what the page says', { timeout: 120_000 }, async () => {
    const input = await caseOf(example);
    const { result } = await gatherEvidence(nativeCrypto, input);
    const [code, openssl] = expected[example];
    expect(result.error?.kind ?? null).toBe(code);
    const outside = commandsFor(input)!;
    const directory = mkdtempSync(join(tmpdir(), 'svidlab-commands-'));
    try {
      for (const { name, text } of outside.files) writeFileSync(join(directory, name), text);
      const [first, second] = outside.commands;
      expect(await shell(first!.command, directory)).toMatch(openssl);
      const own = second!.command
        .replace('npm run -s svidlab --', `npx tsx ${repository}src/cli/main.ts`)
        .replaceAll(/\b(chain|roots|crls)\.pem/g, `${directory}/$1.pem`);
      expect(await shell(`${own} --json`, repository)).toContain(`"code": "${code ?? 'valid'}"`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe.skipIf(!hasOpenssl)('names and lists', () => {
  it('are asked of OpenSSL where it can be asked', async () => {
    const input: VerifyCase = {
      ...(await caseOf('revoked')),
      profile: 'rfc5280',
      revocation: 'hard',
      name: { type: 'dns', value: "it's.example" },
    };
    const { commands, files } = commandsFor(input)!;
    expect(files.map(({ name }) => name)).toEqual(['chain.pem', 'roots.pem', 'crls.pem']);
    expect(commands[0]?.notAsked).toEqual([]);
    expect(commands[0]?.command).toContain("-verify_hostname 'it'\\''s.example'");
    expect(commands[1]?.command).toContain("--name 'dns:it'\\''s.example'");
  });
});

async function caseOf(example: (typeof examples)[number]): Promise<VerifyCase> {
  const { chain, roots, settings } = await makeExample(nativeCrypto, example, now);
  const items = readBag(chain).items;
  const name = referenceName(settings.name);
  return {
    chain: items.flatMap((item) => (item.kind === 'certificate' ? [item.certificate] : [])),
    roots: readBag(roots).items.flatMap((item) => (item.kind === 'certificate' ? [item.certificate] : [])),
    crls: items.flatMap((item) => (item.kind === 'crl' ? [item.crl] : [])),
    staple: null,
    at: now,
    purpose: purposeCodes[settings.purpose],
    profile: settings.profile,
    revocation: settings.revocation,
    ...(name === null ? {} : { name }),
  };
}

function shell(command: string, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { cwd, encoding: 'utf8' }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
