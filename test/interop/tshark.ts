import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets tshark read a capture without any setting but these.
 *
 * @param args such as `-T fields -e ip.src`
 * @returns its lines
 * @throws where it fails, or is not there: these tests are worth nothing without it
 */
export function tshark(capture: Uint8Array, args: readonly string[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'svidlab-tshark-'));
  try {
    const file = join(directory, 'capture.pcapng');
    writeFileSync(file, capture);
    const run = spawnSync('tshark', ['-n', '-r', file, ...args], {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    });
    if (run.error !== undefined) {
      throw new Error(
        `tshark cannot be run (${run.error.message}): node test/setup/ensure.mjs tools installs it`,
      );
    }
    if (run.status !== 0) throw new Error(`tshark ${args.join(' ')}\n${run.stderr}`);
    return run.stdout.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What tshark's experts complain of: malformed packets, wrong checksums, gaps; notes and chats are none. */
export function complaints(capture: Uint8Array): readonly string[] {
  const warning = 0x0060_0000;
  return tshark(capture, [
    ...['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'],
    ...['-Y', `_ws.malformed || _ws.expert.severity >= ${warning}`],
    ...['-T', 'fields', '-e', 'frame.number', '-e', '_ws.expert.message'],
  ]);
}

/** Values of fields, one packet a line, tabs between. */
export function fields(capture: Uint8Array, filter: string, ...names: readonly string[]): readonly string[] {
  return tshark(capture, ['-Y', filter, '-T', 'fields', ...names.flatMap((name) => ['-e', name])]);
}
