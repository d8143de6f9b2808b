import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { svidlab } from './support/svidlab.ts';

describe('help', () => {
  it.each([
    { words: ['--help'], says: ['check', 'run', 'inspect', 'Examples:', 'Exit codes:'] },
    {
      words: ['check', '--help'],
      says: ['scenarios/*.yaml', 'JSON: {ok, lessons:', 'Examples:', 'Exit codes:'],
    },
    {
      words: ['run', '--help'],
      says: ['--until', '--seed', '--trace', '--export', '--key-type', '--keep', 'JSON: {ok,', 'Examples:'],
    },
    {
      words: ['tls', 'serve', '--help'],
      says: ['--client-cert', '--client-id', '--connections', '"listening"', 'Examples:', 'Exit codes:'],
    },
    {
      words: ['tls', 'help', 'connect'],
      says: ['--server-id', '--resume', '--key-update', '"handshake"', 'Examples:', 'Exit codes:'],
    },
    { words: ['help', 'inspect'], says: ['--at', 'JSON: {file, documents:', 'Examples:', 'Exit codes:'] },
  ])('of $words is on stdout, with examples', async ({ words, says }) => {
    const { code, stdout, stderr } = await svidlab(words);
    for (const text of says) expect(stdout).toContain(text);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('comes on stderr where no command is given', async () => {
    const { code, stdout, stderr } = await svidlab([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: svidlab');
  });

  it('tells the version of the package', async () => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(manifest) as { readonly version: string };
    expect(await svidlab(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
