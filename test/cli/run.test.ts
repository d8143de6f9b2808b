import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/cli/run/summary.ts';
import type { Entry } from '../../src/trace/index.ts';
import { data, scratch, svidlab } from './support/svidlab.ts';

const fast = ['--key-type', 'ecdsa-p256'];

describe('svidlab run', () => {
  it('runs manifests for a day and says what came of them', async () => {
    const { code, stdout, stderr } = await svidlab([
      'run',
      data('shop.yaml'),
      data('curl.yaml'),
      ...fast,
      '--seed',
      '7',
    ]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/shop\.yaml, .*curl\.yaml: 1d of virtual time in [\d.]+ s, seed 7$/);
    expect(lines[2]).toMatch(/^NAMESPACE +POD +READY +IDENTITY +SERIAL NUMBER +NOT AFTER$/);
    expect(lines[3]).toMatch(/^default +curl +yes +none: no sidecar +- +-$/);
    expect(lines[4]).toMatch(
      /^shop +frontend-\S+ +yes +spiffe:\/\/cluster\.local\/ns\/shop\/sa\/default +[0-9a-f]{32} +2026-03-0[34]T\S+Z$/,
    );
    expect(lines[5]).toMatch(
      /^shop +order-\S+ +yes +spiffe:\/\/cluster\.local\/ns\/shop\/sa\/order +[0-9a-f]{32} +2026-03-0[34]T\S+Z$/,
    );
    expect(stdout).toContain('virtual time  2026-03-02T09:00:00Z to 2026-03-03T09:00:00Z\n');
    expect(stdout).toMatch(/certificates {2}\d issued, \d of them by rotation\n/);
    expect(stdout).toMatch(/failures {6}none\n/);
    expect(stderr).toContain('note  kept, and not acted upon: Backup [kind.kept]\n');
    expect(stderr).toContain(
      'note  default/curl: no sidecar, and so no identity, because namespace default has no label',
    );
    expect(stderr).toContain(
      'note  shop/frontend: on the account "default", and so one identity, spiffe://cluster.local/ns/shop/sa/default',
    );
  });

  it('writes trace and export, and agrees with itself between them and its summary', async () => {
    const cwd = scratch();
    const words = [
      'run',
      data('shop.yaml'),
      ...fast,
      '--until',
      '30h',
      '--trace',
      'out.jsonl',
      '--export',
      'out',
      '--json',
    ];
    const { code, stdout, stderr } = await svidlab(words, { cwd });
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout) as Summary;
    const entries = readTrace(join(cwd, 'out.jsonl'));
    expect(readdirSync(cwd).sort()).toEqual(['out', 'out.jsonl']);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index));
    expect(summary.events).toBe(entries.length);
    const issued = entries.flatMap((entry) =>
      entry.kind === 'certificate.issued' ? [entry.data.serialNumber] : [],
    );
    expect(summary.certificatesIssued).toBe(issued.length);
    expect(readdirSync(join(cwd, 'out/issued')).sort()).toEqual(
      issued.map((hex) => `${hex.padStart(32, '0')}.pem`).sort(),
    );
    expect(summary).toMatchObject({
      ok: true,
      interrupted: false,
      lesson: null,
      seed: 1,
      keyType: 'ecdsa-p256',
      trustDomain: 'cluster.local',
      time: { begin: '2026-03-02T09:00:00Z', end: '2026-03-03T15:00:00Z', virtualMs: 30 * 3_600_000 },
      podsDeleted: 0,
      failures: { renewals: 0, certificateRequests: 0, pods: 0, certificatesExpired: 0 },
      requests: { sent: 0, allowed: 0, refused: 0, failed: 0 },
      trace: 'out.jsonl',
      export: { directory: 'out', files: filesIn(join(cwd, 'out')).length },
    });
    expect(summary.notices.map(({ code }) => code)).toEqual(['kind.kept', 'pod.default-account']);
    const exported = summary.pods.flatMap(({ namespace, name }) =>
      ['cert-chain.pem', 'csr.pem', 'key.pem', 'root-cert.pem', 'token.jwt'].map(
        (file) => `pods/${namespace}/${name}/${file}`,
      ),
    );
    const rest = filesIn(join(cwd, 'out')).filter((file) => !file.startsWith('issued/'));
    const cacerts = ['ca-cert.pem', 'ca-key.pem', 'root-cert.pem', 'cert-chain.pem', 'create-secret.sh'];
    const held = [
      ...['ca/ca-cert.pem', 'ca/ca-key.pem', 'ca/root-cert.pem', 'jwks.json'],
      ...cacerts.map((file) => `cacerts/Kubernetes/${file}`),
      'authorities/istiod/certificate-1.pem',
    ];
    expect(rest).toEqual([...exported, ...held].sort());
    const modes = filesIn(join(cwd, 'out')).filter(
      (file) => (statSync(join(cwd, 'out', file)).mode & 0o077) === 0,
    );
    expect(modes.sort(), 'only keys are closed to others').toEqual(
      rest.filter((file) => file.endsWith('key.pem')),
    );
  });

  it('comes to the same trace with the same seed, whatever it keeps and wherever it stops to look', async () => {
    const cwd = scratch();
    const traceOf = async (name: string, ...more: string[]): Promise<readonly unknown[]> => {
      await svidlab(['run', data('shop.yaml'), ...fast, '--until', '26h', '--trace', name, ...more], { cwd });
      return readTrace(join(cwd, name)).map(({ seq, atMs, actor, kind }) => [seq, atMs, actor, kind]);
    };
    const all = await traceOf('all.jsonl', '--keep', 'all', '--seed', '5');
    expect(await traceOf('last.jsonl', '--keep', 'last', '--seed', '5')).toEqual(all);
    expect(await traceOf('other.jsonl', '--seed', '6')).not.toEqual(all);
  });

  it('takes manifests from stdin, an empty directory to export to, and a trace to replace', async () => {
    const cwd = scratch();
    const input = readFileSync(data('shop.yaml'), 'utf8');
    const words = ['run', '-', ...fast, '--until', '1m', '--trace', 'out.jsonl', '--export', '.'];
    const inside = join(cwd, 'inside');
    for (const directory of [inside, join(cwd, 'again')]) {
      const { code, stderr } = await svidlab([...words.slice(0, -1), directory], { cwd, input });
      expect(code, stderr).toBe(0);
      expect(existsSync(join(directory, 'jwks.json'))).toBe(true);
    }
  });

  it('runs a lesson by its own script, and on from there', async () => {
    const cwd = scratch();
    const words = ['run', data('lesson.yaml'), '--until', '2d', '--export', 'out'];
    const { code, stdout, stderr } = await svidlab(words, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^small, 4 steps: 2d of virtual time in [\d.]+ s, seed 1\n\nno pods\n/);
    expect(stdout).toContain(
      'deleted pods  1; their keys and tokens are gone with them, their certificates are in issued/\n',
    );
    expect(stdout).toContain('\nall 3 expectations met\n');
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual([
      'authorities',
      'ca',
      'cacerts',
      'issued',
      'jwks.json',
      'pods',
    ]);
  });

  it('ends with 1 where a lesson does not keep its promise, and still writes what came of it', async () => {
    const cwd = scratch();
    const input = readFileSync(data('lesson.yaml'), 'utf8').replace(
      'count: 1 }\n  - id: your-turn',
      'count: 3 }\n  - id: your-turn',
    );
    const words = ['run', '-', '--trace', 'out.jsonl', '--json', '--key-type', 'ecdsa-p384'];
    const { code, stdout } = await svidlab(words, { cwd, input });
    const summary = JSON.parse(stdout) as Summary;
    expect({ code, ok: summary.ok, keyType: summary.keyType }).toEqual({
      code: 1,
      ok: false,
      keyType: 'ecdsa-p384',
    });
    expect(summary.lesson).toEqual({
      id: 'small',
      steps: { done: 4, total: 4 },
      expectations: 3,
      failures: [{ file: '(stdin)', line: 50, step: 'a-day', expected: '3 × rotation.started', seen: '1' }],
    });
    expect(readTrace(join(cwd, 'out.jsonl'))).toHaveLength(summary.events);
  });

  it('says which pods could not be created', async () => {
    const input = readFileSync(data('shop.yaml'), 'utf8').replace(
      'serviceAccountName: order',
      'serviceAccountName: odrer',
    );
    const { code, stdout, stderr } = await svidlab(['run', '-', ...fast, '--until', '1h'], { input });
    expect(code).toBe(0);
    expect(stdout).toMatch(/failures {6}\d+ times a pod could not be created\n/);
    expect(stderr).toContain('note  shop/order: FailedCreate: pods "order-');
    expect(stderr).toContain('serviceaccount "odrer" not found [pod.rejected]\n');
  });

  it('begins when it is told to', async () => {
    const words = ['run', data('shop.yaml'), '--until', '1m', '--key-type', 'ecdsa-p256', '--json'];
    const at = await svidlab([...words, '--begin', '2031-05-06T07:08:09.5Z']);
    expect((JSON.parse(at.stdout) as Summary).time).toMatchObject({
      begin: '2031-05-06T07:08:09Z',
      end: '2031-05-06T07:09:09Z',
    });
    const before = Math.floor(Date.now() / 1000) * 1000;
    const now = await svidlab([...words, '--begin', 'now']);
    const begin = Date.parse((JSON.parse(now.stdout) as Summary).time.begin);
    expect(begin).toBeGreaterThanOrEqual(before);
    expect(begin).toBeLessThanOrEqual(Date.now());
  });
});

function readTrace(path: string): readonly Entry[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Entry);
}

function filesIn(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(directory, name)).isFile()).sort();
}
