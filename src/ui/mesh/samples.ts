import type { InputFile } from '../../scenario/protocol.ts';

export const samples = ['httpbin', 'shop', 'legacy'] as const;

export type Sample = (typeof samples)[number];

const texts = import.meta.glob<string>('./samples/*.yaml', { query: '?raw', import: 'default' });

/** A manifest to begin with. */
export async function loadSample(sample: Sample): Promise<InputFile> {
  const load = texts[`./samples/${sample}.yaml`];
  if (!load) throw new Error(`there is no sample ${sample}`);
  return { name: `${sample}.yaml`, text: await load() };
}
