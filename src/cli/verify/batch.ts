import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { exitCode, UnusableInput } from '../exit.ts';
import { nameOf } from '../input.ts';
import { printResult } from '../output.ts';
import { readCase, UnusableCase } from './batch-case.ts';
import type { VerifyCase } from '../../projection/verify/evidence.ts';
import { evaluate } from './evaluate.ts';

/** One line of the output. */
interface BatchResult {
  readonly id: unknown;
  readonly ok: boolean;
  readonly code: string;
  readonly message: string;
}

/** Judges one case a line and prints one result a line, as soon as it is known. Resolves with the exit code. */
export async function verifyBatch(path: string, profile: VerifyCase['profile'], now: Date): Promise<number> {
  const input = path === '-' ? process.stdin : await openFile(path);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const text = line.replace(/^\uFEFF/, '').trim();
    if (text !== '') printResult(JSON.stringify(await judgeLine(text, profile, now)));
  }
  return exitCode.ok;
}

async function judgeLine(text: string, profile: VerifyCase['profile'], now: Date): Promise<BatchResult> {
  const value = parseJson(text);
  if (value instanceof SyntaxError)
    return { id: idInside(text), ok: false, code: 'bad-case', message: `no JSON: ${value.message}` };
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  try {
    const { input, faults } = readCase(value, profile, now);
    const { ok, code, message } = await evaluate(input);
    if (ok || faults.length === 0) return { id, ok, code, message };
    // What cannot be read may be what was missing; a code of its own only where it was the issuer.
    const isMissing = code === 'unknown-issuer' || code === 'self-signed-untrusted';
    return {
      id,
      ok,
      code: isMissing ? 'unreadable-certificate' : code,
      message: `${message} Not read: ${faults.join('; ')}.`,
    };
  } catch (error) {
    if (!(error instanceof UnusableCase)) throw error;
    return { id, ok: false, code: error.code, message: error.message };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error instanceof SyntaxError ? error : new SyntaxError(String(error));
  }
}

/** The id of a line that is no JSON, where it can be made out. */
function idInside(text: string): string | number | null {
  const found = /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)/.exec(text)?.[1];
  const id = found === undefined ? null : parseJson(found);
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

async function openFile(path: string): Promise<NodeJS.ReadableStream> {
  try {
    await access(path, constants.R_OK);
  } catch {
    throw new UnusableInput({ file: nameOf(path), message: 'no such file, or it may not be read' });
  }
  return createReadStream(path);
}
