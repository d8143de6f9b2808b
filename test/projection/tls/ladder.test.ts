import { describe, expect, it } from 'vitest';
import { tlsConnections } from '../../../src/projection/tls/connection.ts';
import { ladderAt } from '../../../src/projection/tls/ladder.ts';
import type { LadderRow } from '../../../src/projection/tls/ladder-model.ts';
import { stepNumber, storyOf } from '../../../src/projection/tls/story.ts';
import type { Entry } from '../../../src/trace/entry.ts';
import { connection, toldHandshake } from '../support/handshake.ts';

const whole = await toldHandshake();

/** Rows as one reads them: `3 server: ServerHello`. */
function told(entries: readonly Entry[]): string[] {
  const ladder = ladderAt(entries, entries.length, connection);
  if (!ladder) return [];
  const story = storyOf(ladder.connection);
  return ladder.rows.map((row) => `${stepNumber(story, row) ?? '-'} ${textOf(row)}`);
}

function textOf(row: LadderRow): string {
  switch (row.kind) {
    case 'plain':
      return `${row.from}: ${row.label}`;
    case 'tls': {
      const names = row.parts
        .filter(({ kind }) => kind !== 'change_cipher_spec')
        .map(({ name }) => (name === 'alert' ? `alert ${row.alert?.description ?? '?'}` : name));
      return `${row.from}: ${names.join(' ')}${row.dropped ? ' (lost)' : ''}`;
    }
    case 'verification':
      return `${row.side} checks ${row.items.map(({ of, ok }) => (ok ? of : `${of} ✗`)).join(' ')}`;
    case 'keys':
      return `${row.epoch} keys`;
    case 'done':
      return `${row.side} done`;
    default:
      return row.kind;
  }
}

describe('the ladder of a connection between two Envoys', () => {
  it('tells the twelve steps in order', () => {
    expect(told(whole.entries)).toEqual([
      '1 client-app: GET /cart',
      '2 client: ClientHello',
      '3 server: ServerHello',
      '3 handshake keys',
      '3 server: EncryptedExtensions CertificateRequest Certificate CertificateVerify Finished',
      '3 application keys',
      '4 client checks certificate certificate-verify finished',
      '5 client: Certificate CertificateVerify',
      '6 client: Finished',
      '6 client done',
      '7 server checks certificate certificate-verify finished',
      '8 server done',
      '9 client: application_data',
      '10 server: GET /cart',
      '11 server-app: 200 OK',
      '11 server: application_data',
      '12 client: 200 OK',
      '- client: alert close_notify',
    ]);
  });

  it('tells of a prefix what the prefix knew, whatever came later', () => {
    for (let cursor = 0; cursor <= whole.entries.length; cursor += 1) {
      const alone = whole.entries.slice(0, cursor);
      expect(ladderAt(whole.entries, cursor, connection)).toEqual(ladderAt(alone, cursor, connection));
      expect(tlsConnections(whole.entries, cursor)).toEqual(tlsConnections(alone, cursor));
    }
  });

  it('keeps a row where it is once it stands there', () => {
    let before: readonly LadderRow[] = [];
    for (let cursor = 0; cursor <= whole.entries.length; cursor += 1) {
      const rows = ladderAt(whole.entries, cursor, connection)?.rows ?? before;
      const complete = before.filter(({ doneSeq, kind }) => doneSeq < cursor - 1 && kind !== 'done');
      expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(complete.map(({ key }) => key)));
      before = rows;
    }
  });
});

describe('a handshake that fails', () => {
  it('shows who refuses whom with which alert', async () => {
    const { entries } = await toldHandshake({
      client: {
        verifyPeer: () =>
          Promise.resolve({
            ok: false,
            path: [],
            checks: [{ id: 'name.match', ok: false }],
            alert: 'certificate_unknown',
            text: 'SAN matcher',
            code: null,
            error: null,
          }),
      },
    });
    expect(told(entries).slice(6)).toEqual([
      '4 client checks certificate ✗',
      '- client: alert certificate_unknown',
    ]);
    expect(tlsConnections(entries, entries.length)[0]?.outcome).toBe('refused');
  });

  it('shows a client done before the server has judged it', async () => {
    const { entries } = await toldHandshake({ client: { credential: null } });
    expect(told(entries).slice(6)).toEqual([
      '4 client checks certificate certificate-verify finished',
      '6 client: Certificate Finished',
      '6 client done',
      '- server: alert certificate_required',
    ]);
  });

  it('shows what was done to a flight on its way, and what could not be read then', async () => {
    const { entries } = await toldHandshake({
      meddle: (bytes, index) =>
        index === 1 ? bytes.map((octet, at) => (at === bytes.length - 20 ? octet ^ 1 : octet)) : bytes,
    });
    const rows = ladderAt(entries, entries.length, connection)?.rows ?? [];
    const flights = rows.filter((row) => row.kind === 'tls');
    expect(flights.map(({ tampering }) => tampering?.action ?? null)).toEqual([null, 'flip', 'flip', null]);
    expect(flights.map(({ understood }) => understood)).toEqual([true, true, false, true]);
    expect(flights.at(-1)?.alert).toMatchObject({ description: 'bad_record_mac', code: 20 });
  });

  it('shows a flight that never arrives', async () => {
    const { entries } = await toldHandshake({ meddle: (bytes, index) => (index === 0 ? null : bytes) });
    expect(told(entries)).toEqual(['1 client-app: GET /cart', '2 client: ClientHello (lost)']);
  });
});
