import { type Check, clauseOf } from '../../core/pki/index.ts';
import { printable } from '../exit.ts';
import { coloured } from '../output.ts';
import type { Verdict } from './evaluate.ts';

/** What `verify --json` prints; documented in the command's help. */
export function verdictJson({ ok, code, message, path, checks, tried }: Verdict): unknown {
  return {
    ok,
    code,
    message,
    path: path.map((certificate) => ({
      subject: certificate.subject.toString(),
      serialNumber: certificate.serialNumber,
      names: certificate.subjectAltNames.map(({ type, value }) => ({ type, value })),
    })),
    paths: tried.length,
    checks: checks.map(checkJson),
  };
}

function checkJson({ id, ok, detail, depth }: Check): unknown {
  return { check: id, ok, depth: depth ?? null, detail: detail ?? null, clause: clauseOf(id) };
}

/** Every check on a line of its own, and the verdict last. */
export function verdictText({ ok, code, message, checks }: Verdict): string {
  const lines = checks.map((check) => {
    const mark = check.ok ? coloured(process.stdout, 'green', '✓') : coloured(process.stdout, 'red', '✗');
    const clause = clauseOf(check.id);
    const from = clause === null ? '' : coloured(process.stdout, 'dim', `  [${clause}]`);
    const start = check.id === 'path.found' ? '' : '  ';
    return `${start}${mark} ${check.id.padEnd(24)} ${printable(check.detail ?? '')}${from}`;
  });
  const word = ok ? coloured(process.stdout, 'green', 'valid') : coloured(process.stdout, 'red', code);
  return [...lines, '', `${word}: ${printable(message)}`].join('\n');
}
