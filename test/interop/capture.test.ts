import { describe, expect, it } from 'vitest';
import { type CaptureEvent, pcapng } from '../../src/core/capture/index.ts';
import { writeHttpRequest, writeHttpResponse } from '../../src/core/http/index.ts';
import { complaints, fields, tshark } from './tshark.ts';

const openedAtUs = Date.parse('2026-03-02T09:00:00Z') * 1000;
const body = new Uint8Array(100_000).fill(120);
const events: readonly CaptureEvent[] = [
  {
    kind: 'data',
    atUs: openedAtUs + 4_000,
    from: 'client',
    bytes: writeHttpRequest({ method: 'POST', target: '/buy', headers: [['host', 'order']], body }),
  },
  {
    kind: 'data',
    atUs: openedAtUs + 9_123,
    from: 'server',
    bytes: writeHttpResponse({ status: 201, reason: 'Created', headers: [], body: body.subarray(0, 5) }),
  },
];
const fin = (from: 'client' | 'server'): CaptureEvent => ({ kind: 'fin', atUs: openedAtUs + 10_000, from });

const endpoints = {
  IPv4: { client: { ip: '10.244.1.3', port: 40_112 }, server: { ip: '10.244.2.9', port: 8080 } },
  IPv6: { client: { ip: 'fd00:10:244:1::3', port: 40_112 }, server: { ip: 'fd00:10:244:2::9', port: 8080 } },
};

describe.each(Object.entries(endpoints))('tshark on a capture over %s', (family, ends) => {
  const capture = (...last: CaptureEvent[]) =>
    pcapng({ connections: [{ ...ends, openedAtUs, events: [...events, ...last] }] });

  it('has nothing to complain of, checksums included', () => {
    expect(complaints(capture(fin('client'), fin('server')))).toEqual([]);
  });

  it('reads the HTTP that was sent, at its time', () => {
    const ip = family === 'IPv4' ? 'ip' : 'ipv6';
    const names = [`${ip}.src`, 'tcp.srcport', 'frame.time_epoch', 'http.request.method', 'http.request.uri'];
    const read = fields(capture(), 'http', ...names, 'http.content_length', 'http.response.code');
    expect(read).toEqual([
      `${ends.client.ip}\t40112\t1772442000.004000000\tPOST\t/buy\t100000\t`,
      `${ends.server.ip}\t8080\t1772442000.009123000\t\t\t5\t201`,
    ]);
  });

  it('sees a connection that is complete, or was reset', () => {
    // SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16.
    expect(fields(capture(fin('client'), fin('server')), 'tcp', 'tcp.completeness').at(-1)).toBe('31');
    const reset = capture({ kind: 'reset', atUs: openedAtUs + 10_000, from: 'server' });
    expect(complaints(reset).map((line) => line.split('\t')[1])).toEqual(['Connection reset (RST)']);
    expect(fields(reset, 'tcp.flags.reset == 1', 'tcp.srcport')).toEqual(['8080']);
    expect(tshark(capture(), ['-q', '-z', 'conv,tcp']).join('\n')).toContain(String(ends.server.port));
  });
});
