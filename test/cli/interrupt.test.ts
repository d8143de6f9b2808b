import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/cli/run/summary.ts';
import { data, scratch, svidlab, type Start } from './support/svidlab.ts';

/** Longer than anybody waits. */
const long = ['--until', '3000d', '--key-type', 'ecdsa-p256', '--trace', 'out.jsonl', '--export', 'out'];

describe('Ctrl-C', () => {
  it('ends a run with what it has', async () => {
    const cwd = scratch();
    const { code, stdout, stderr } = await svidlab(['run', data('shop.yaml'), ...long, '--json'], {
      cwd,
      onStart: whenIssued(cwd, 5),
    });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('interrupted: finishing with what there is (once more: give up)\n');
    const summary = JSON.parse(stdout) as Summary;
    expect(summary).toMatchObject({ ok: true, interrupted: true });
    expect(summary.time.virtualMs).toBeLessThan(3000 * 86_400_000);
    expect(linesOf(cwd)).toHaveLength(summary.events);
    expect(readdirSync(join(cwd, 'out/issued'))).toHaveLength(summary.certificatesIssued);
    expect(readdirSync(cwd).sort()).toEqual(['out', 'out.jsonl']);
  });

  it('pressed twice gives up and leaves nothing', async () => {
    const cwd = scratch();
    const { code, stdout, stderr } = await svidlab(['run', data('shop.yaml'), ...long], {
      cwd,
      // Two of the same signal could become one on their way.
      onStderr: once('pod.default-account', ['SIGINT', 'SIGTERM']),
    });
    expect([130, 143]).toContain(code);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/given up\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('in a lesson leaves the step it was in unjudged', async () => {
    const cwd = scratch();
    const lesson = readFileSync(data('lesson.yaml'), 'utf8').replace('- advance: 20h', '- advance: 3000d');
    writeFileSync(join(cwd, 'long.yaml'), lesson);
    const { code, stdout, stderr } = await svidlab(['run', 'long.yaml', '--export', 'out', '--json'], {
      cwd,
      // The third certificate is a renewal: the lesson is in the step that lasts long.
      onStart: whenIssued(cwd, 3),
    });
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    expect(summary).toMatchObject({
      ok: true,
      interrupted: true,
      lesson: { id: 'small', steps: { done: 2, total: 4 }, failures: [] },
    });
    expect(existsSync(join(cwd, 'out/pods/shop/order/key.pem'))).toBe(true);
  });
});

describe('a reader that goes away', () => {
  it('ends the writing and not the run', async () => {
    const cwd = scratch();
    const { code, stderr } = await svidlab(['run', data('curl.yaml'), '--until', '1m', '--export', 'out'], {
      cwd,
      onStart: (child) => child.stdout?.destroy(),
    });
    expect(code, stderr).toBe(0);
    expect(existsSync(join(cwd, 'out/jwks.json'))).toBe(true);
  });
});

/** Sends signals when a text has come on stderr. */
function once(text: string, signals: readonly NodeJS.Signals[]): NonNullable<Start['onStderr']> {
  let sent = false;
  return (stderr, child) => {
    if (sent || !stderr.includes(text)) return;
    sent = true;
    for (const signal of signals) child.kill(signal);
  };
}

/** Presses Ctrl-C once as many certificates are there. */
function whenIssued(cwd: string, certificates: number): NonNullable<Start['onStart']> {
  return (child) => {
    const timer = setInterval(() => {
      if (issuedIn(cwd) < certificates) return;
      clearInterval(timer);
      child.kill('SIGINT');
    }, 20);
    child.on('exit', () => clearInterval(timer));
  };
}

/** Certificates an export holds while its run goes on. */
function issuedIn(cwd: string): number {
  const staging = readdirSync(cwd).find((name) => /^\.out\.\d+\.tmp$/.test(name));
  const folder = staging === undefined ? null : join(cwd, staging, 'issued');
  return folder !== null && existsSync(folder) ? readdirSync(folder).length : 0;
}

function linesOf(cwd: string): readonly string[] {
  return readFileSync(join(cwd, 'out.jsonl'), 'utf8').trimEnd().split('\n');
}
