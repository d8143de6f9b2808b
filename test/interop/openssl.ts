import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface OpensslRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether an OpenSSL of version 3 is on the path; its texts differ from version to version. */
export const hasOpenssl = /^OpenSSL 3\./.test(
  spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '',
);

/**
 * Runs OpenSSL in a directory of its own that holds `files`.
 *
 * @param args as on its command line; file names are keys of `files`
 */
export function openssl(
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>>,
): OpensslRun {
  const directory = mkdtempSync(join(tmpdir(), 'svidlab-openssl-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: directory, encoding: 'utf8' });
    return { status, stdout, stderr };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** `-attime` for OpenSSL's verify. */
export function atTime(date: Date): readonly string[] {
  return ['-attime', String(Math.floor(date.getTime() / 1000))];
}
