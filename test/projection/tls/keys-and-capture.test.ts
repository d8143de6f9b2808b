import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { captureOf, keyLogOf } from '../../../src/projection/tls/capture.ts';
import { tlsConnectionAt } from '../../../src/projection/tls/connection.ts';
import { keySchedule, valueFor } from '../../../src/projection/tls/key-schedule.ts';
import { ladderAt } from '../../../src/projection/tls/ladder.ts';
import { type Sight, sightOf, type Viewer } from '../../../src/projection/tls/perspective.ts';
import { verdictLines } from '../../../src/projection/tls/verdict-lines.ts';
import { connection, toldHandshake } from '../support/handshake.ts';

const { entries, lookup } = await toldHandshake();
const end = entries.length;
const folder = mkdtempSync(join(tmpdir(), 'svidlab-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the key schedule', () => {
  it('is empty before the server has answered, and then the server’s alone until the client has its flight', () => {
    const sent = entries.find(
      ({ kind, data }) => kind === 'tls.sent' && 'side' in data && data.side === 'server',
    );
    const before = entries.findIndex(({ kind }) => kind === 'tls.secret');
    expect(keySchedule(entries, before, connection)).toEqual([]);
    const atServer = keySchedule(entries, (sent?.seq ?? 0) + 1, connection);
    expect(atServer.length).toBeGreaterThan(8);
    expect(atServer.every(({ held }) => held.server !== null && held.client === null)).toBe(true);
  });

  it('is the same at both ends when all is done', () => {
    const secrets = keySchedule(entries, end, connection);
    expect(secrets.map(({ name }) => name)).toContain('resumption_secret');
    for (const { name, held } of secrets) expect(held.client?.value, name).toBe(held.server?.value);
  });

  it('gives an eavesdropper nothing', () => {
    for (const secret of keySchedule(entries, end, connection)) {
      expect(valueFor(secret, 'eavesdropper')).toBeNull();
    }
  });

  it('never changes for a prefix', () => {
    for (let cursor = 0; cursor <= end; cursor += 5) {
      const alone = entries.slice(0, cursor);
      expect(keySchedule(entries, cursor, connection)).toEqual(keySchedule(alone, cursor, connection));
    }
  });
});

describe('what each can see', () => {
  const rows = ladderAt(entries, end, connection)?.rows ?? [];
  const seen = (viewer: Viewer, cursor = end) =>
    Object.fromEntries(rows.map((row) => [row.key, sightOf(row, viewer, cursor)]));
  const flights = (viewer: Viewer): Sight[] =>
    rows.flatMap((row) => (row.kind === 'tls' ? [sightOf(row, viewer, end)] : []));

  it('an eavesdropper reads the two hellos and nothing else', () => {
    expect(flights('eavesdropper')).toEqual(['content', 'content', ...Array<Sight>(6).fill('sealed')]);
    const others = rows.filter(({ kind }) => kind !== 'tls');
    for (const row of others) expect(sightOf(row, 'eavesdropper', end), row.key).toBe('hidden');
  });

  it('the ends read each other, and not each other’s apps and checks', () => {
    for (const side of ['client', 'server'] as const) {
      expect(new Set(flights(side))).toEqual(new Set(['content']));
      const other = rows.find((row) => row.kind === 'verification' && row.side !== side);
      expect(seen(side)[other?.key ?? '']).toBe('hidden');
    }
  });

  it('nobody reads what has not arrived', () => {
    const hello = rows.find((row) => row.kind === 'tls');
    expect(hello && sightOf(hello, 'server', hello.seq + 1)).toBe('underway');
    expect(hello && sightOf(hello, 'client', hello.seq + 1)).toBe('content');
  });

  it('checks come down to a few questions', () => {
    const row = rows.find((one) => one.kind === 'verification' && one.side === 'client');
    const items = row?.kind === 'verification' ? row.items : [];
    expect(verdictLines(items).map(({ question, ok }) => `${question} ${ok}`)).toEqual([
      'chain true',
      'time true',
      'role true',
      'name true',
      'key true',
      'transcript true',
    ]);
  });
});

describe('a capture', () => {
  const of = tlsConnectionAt(entries, end, connection);
  const options = { epochMs: Date.parse('2026-03-02T09:00:00Z'), lookup };

  it('is decrypted by Wireshark with the secrets inside it', () => {
    if (!of) throw new Error('no connection');
    const file = join(folder, 'connection.pcapng');
    writeFileSync(file, captureOf(entries, end, of, options));
    const tshark = (...more: string[]) =>
      execFileSync('tshark', ['-r', file, '-d', 'tcp.port==8080,tls', ...more], { encoding: 'utf8' });
    const types = tshark('-T', 'fields', '-e', 'tls.handshake.type')
      .split(/[\s,]+/)
      .filter(Boolean);
    expect(types).toEqual(['1', '2', '8', '13', '11', '15', '20', '11', '15', '20']);
    expect(tshark('-q', '-z', 'follow,tls,ascii,0')).toContain('GET /cart HTTP/1.1');
    expect(tshark('-Y', '_ws.malformed')).toBe('');
  });

  it('of a connection under way holds what has been so far', () => {
    if (!of) throw new Error('no connection');
    const whole = captureOf(entries, end, of, options).length;
    expect(captureOf(entries, of.startedSeq + 3, of, options).length).toBeLessThan(whole);
  });

  it('comes with a key log of its own', () => {
    const lines = keyLogOf(entries, end, connection).trimEnd().split('\n');
    // The order of the lines is free.
    expect(lines.map((line) => line.split(' ')[0]).sort()).toEqual([
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'EXPORTER_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ]);
    for (const line of lines) expect(line).toMatch(/^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64}$/);
  });
});
