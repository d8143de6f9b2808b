import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Start {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with everything on stderr so far, whenever something comes. */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
}

/** Runs the command line from source, as a person would, and waits for its end. */
export function svidlab(
  words: readonly string[],
  { cwd, input, env = {}, onStart, onStderr }: Start = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', loader, main, ...words], {
    cwd: cwd ?? tmpdir(),
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onStderr?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Path of a file of test/cli/data. */
export function data(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.url));
}

/** An empty directory that is gone after the test. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'svidlab-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
