import { describe, expect, it } from 'vitest';
import { project } from '../../../src/projection/fold.ts';
import { istiodOf } from '../../../src/projection/stage-istiods.ts';
import type { StageState } from '../../../src/projection/stage-model.ts';
import { stageFold } from '../../../src/projection/stage.ts';
import { TimelineTracker } from '../../../src/projection/timeline.ts';
import { messageCurve } from '../../../src/ui/stage/anchors.ts';
import { clockOffset } from '../../../src/ui/stage/clock-offset.ts';
import { layoutStage } from '../../../src/ui/stage/layout.ts';
import { minute, Script, startWorld, type Script as Run } from '../support/script.ts';
import { certify, company, load, steal } from '../support/trust.ts';

const stage = (script: Run): StageState => project(stageFold, script.entries, script.entries.length);

describe('the stage of several clusters', () => {
  it('has an istiod for each, with the CA it signs with and what it has signed', () => {
    const { script } = company();
    const state = stage(script);
    expect([...state.istiods.keys()]).toEqual(['istiod', 'istiod:busan']);
    expect(istiodOf(state, 'istiod:busan')).toMatchObject({
      cluster: 'busan',
      ca: { authority: 'dev', stolen: false },
      issued: 1,
    });
    expect(istiodOf(state, 'istiod').issued).toBe(3);
  });

  it('marks the one whose key is stolen, and only while it signs with that key', () => {
    const { script, dev, root } = company();
    steal(script, dev);
    expect(istiodOf(stage(script), 'istiod:busan').ca?.stolen).toBe(true);
    expect(istiodOf(stage(script), 'istiod').ca?.stolen).toBe(false);
    const rekeyed = certify(script, 'dev', root, { reason: 'rekeyed' });
    load(script, 'busan', rekeyed, [root], { actor: 'istiod:busan', change: 'intermediate' });
    expect(istiodOf(stage(script), 'istiod:busan').ca?.stolen).toBe(false);
  });

  it('sends messages to the istiod they are for, and puts no card on another', () => {
    for (const [width, height] of [
      [704, 676],
      [390, 380],
      [700, 360],
    ] as const) {
      const istiods = ['istiod', 'istiod:busan', 'istiod:jeju'];
      const nodes = [{ name: 'node-1', pods: ['shop/order-1'] }];
      const layout = layoutStage({ width, height, istiods, nodes });
      const cards = [...layout.istiods.values(), layout.apiServer];
      cards.forEach((a, index) => {
        for (const b of cards.slice(index + 1)) {
          expect(a.x + a.width <= b.x || a.y + a.height <= b.y).toBe(true);
        }
      });
      const ends = istiods.map((systemId) => messageCurve(layout, 'agent:shop/order-1', systemId)?.[3]);
      expect(new Set(ends.map((end) => `${end?.x} ${end?.y}`)).size).toBe(3);
    }
  });

  it('shows by how much a clock is off, until it is right again', () => {
    const { script } = company();
    const skew = (offsetMs: number) => script.add('clock.skewed', { of: 'node', name: 'node-2', offsetMs });
    skew(-10 * minute);
    script.add('clock.skewed', { of: 'istiod', name: 'busan', offsetMs: 30_000 });
    expect(stage(script).nodes.get('node-2')?.clockOffsetMs).toBe(-10 * minute);
    expect(istiodOf(stage(script), 'istiod:busan').clockOffsetMs).toBe(30_000);
    expect(istiodOf(stage(script), 'istiod').clockOffsetMs).toBe(0);
    skew(0);
    expect(stage(script).nodes.get('node-2')?.clockOffsetMs).toBe(0);
  });

  it.each([
    [-10 * minute, '−10 min'],
    [90 * minute, '+1 h 30 min'],
    [30_000, '+30 s'],
    [400, '+0 s'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(clockOffset(ms)).toBe(text);
  });
});

describe('the lanes of CAs', () => {
  const model = (script: Run) => new TimelineTracker().update(script.entries);

  it('are shown only where there is more to tell than a CA of istiod itself', () => {
    const script = new Script();
    startWorld(script);
    const own = certify(script, 'istiod');
    load(script, 'Kubernetes', own, [own], { selfSigned: true });
    expect(model(script).trustStory).toBe(false);
    steal(script, own);
    expect(model(script).trustStory).toBe(true);
    expect(model(company().script).trustStory).toBe(true);
  });

  it('tell when a key was stolen and a certificate revoked', () => {
    const { script, dev } = company();
    steal(script.after(minute), dev);
    script.after(minute).add('certificate.revoked', {
      authority: 'root',
      certificate: dev.certificate,
      serialNumber: '01',
      reason: 'keyCompromise',
    });
    const { authorities } = model(script);
    const lane = authorities.find(({ name }) => name === 'dev');
    expect(lane?.certificates).toMatchObject([
      { stolenAtMs: script.atMs - minute, revokedAtMs: script.atMs },
    ]);
    expect(lane?.marks.map(({ kind }) => kind)).toEqual(['certified', 'loaded', 'stolen']);
    const root = authorities.find(({ name }) => name === 'root');
    expect(root?.marks.at(-1)?.kind).toBe('revoked');
  });
});
