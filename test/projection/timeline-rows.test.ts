import { describe, expect, it } from 'vitest';
import { TimelineTracker } from '../../src/projection/timeline.ts';
import { hitRow, rowsOf, type Row } from '../../src/ui/timeline/rows.ts';
import { hour } from './support/script.ts';
import { rotationStory } from './support/stories.ts';

const entries = rotationStory();
const model = new TimelineTracker().update(entries);
const rows = rowsOf(model, 'istiod CA', (count) => `${count} pods`);
/** One pixel is a minute. */
const timeOf = (x: number): number => x * 60_000;

function row(key: string): Row {
  const found = rows.find((each) => each.key === key);
  if (found === undefined) throw new Error(`no row ${key}`);
  return found;
}

describe('the rows of the timeline', () => {
  it('begin with the CA and name a workload once, however many rows it has', () => {
    expect(rows.map(({ name, detail }) => [name, detail])).toEqual([
      ['istiod CA', ''],
      ['frontend', ''],
      ['order', '…m9fzt'],
      [null, '…h6s4l'],
      ['payment', ''],
    ]);
  });

  it('find the mark nearest to the pointer', () => {
    const hit = hitRow(row('istiod'), model, (20 * hour) / 60_000 + 4, 10, timeOf);
    expect(hit).toMatchObject({ type: 'mark', mark: { kind: 'stopped' } });
    const entry = hit?.type === 'mark' ? entries[hit.mark.seq] : undefined;
    expect(entry?.kind).toBe('istiod.stopped');
  });

  it('find the newest certificate where two are valid', () => {
    const hit = hitRow(row('shop/payment/0'), model, (18 * hour) / 60_000, 10, timeOf);
    expect(hit).toMatchObject({ type: 'certificate', index: 1 });
  });

  it('find nothing where nothing is', () => {
    expect(hitRow(row('shop/order/1'), model, (2 * hour) / 60_000, 10, timeOf)).toBeNull();
  });
});
