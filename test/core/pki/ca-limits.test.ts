import { describe, expect, it } from 'vitest';
import { checkRequestedTtl, goDuration } from '../../../src/core/pki/index.ts';

const HOUR_MS = 3_600_000;
const limits = { defaultMs: 24 * HOUR_MS, maxMs: 2160 * HOUR_MS };

describe('the TTL istiod grants', () => {
  it.each([
    [24 * HOUR_MS, 24 * HOUR_MS],
    [1000, 1000],
    [2160 * HOUR_MS, 2160 * HOUR_MS],
    [0, 24 * HOUR_MS],
    [-5000, 24 * HOUR_MS],
  ])('for %d ms is %d ms', (requestedMs, ttlMs) => {
    expect(checkRequestedTtl({ requestedMs, ...limits })).toEqual({ ok: true, ttlMs });
  });

  it('is none above the maximum, in istiod’s words', () => {
    expect(checkRequestedTtl({ requestedMs: 2400 * HOUR_MS, ...limits })).toEqual({
      ok: false,
      refusal: {
        kind: 'ttl-above-max',
        grpcCode: 3,
        grpcName: 'InvalidArgument',
        metricLabel: 'TTL_ERROR',
        message: 'CSR signing error (requested TTL 2400h0m0s is greater than the max allowed TTL 2160h0m0s)',
      },
    });
    expect(checkRequestedTtl({ requestedMs: 2160 * HOUR_MS + 1000, ...limits }).ok).toBe(false);
  });
});

describe('a duration as Go prints it', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [999, '999ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [1001, '1.001s'],
    [60_000, '1m0s'],
    [61_250, '1m1.25s'],
    [HOUR_MS, '1h0m0s'],
    [2160 * HOUR_MS, '2160h0m0s'],
    [26 * HOUR_MS + 3 * 60_000 + 4005, '26h3m4.005s'],
    [-90_000, '-1m30s'],
    [0.25, '250µs'],
    [0.0005, '500ns'],
    [1.5, '1.5ms'],
  ])('%d ms: %s', (ms, text) => {
    expect(goDuration(ms)).toBe(text);
  });
});
