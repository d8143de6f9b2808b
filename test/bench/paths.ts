import { type Bench, higher, lower, type Measure } from './bench.ts';
import { pathOf } from './paths/chain.ts';
import { bareSignatures, forgePath, pkijsPath, svidlab } from './paths/contestants.ts';
import { race } from './support/timing.ts';

export const paths: Bench = {
  name: 'paths',
  what: 'validations of a path of 3 and of 5 certificates beside other libraries and beside the bare signatures',
  async run(note) {
    note('certificates are read beforehand; RSA 2048 for node-forge, which knows nothing else');
    const measures: Measure[] = [];
    for (const length of [3, 5]) measures.push(...(await measure(length)));
    return measures;
  },
};

async function measure(length: number): Promise<readonly Measure[]> {
  const path = await pathOf(length, 'ecdsa-p256');
  const rsaPath = await pathOf(length, 'rsa-2048');
  const p256 = await race(
    { svidlab: svidlab(path), bare: bareSignatures(path), pkijs: pkijsPath(path) },
    { rounds: 15, perRound: 50 },
  );
  const rsa = await race(
    { svidlab: svidlab(rsaPath), forge: forgePath(rsaPath) },
    { rounds: 15, perRound: 20 },
  );
  const perSecond = (name: string, ms: number) => higher(`${name}, ${length} certificates`, 1000 / ms, '/s');
  return [
    lower(`validation ÷ bare signatures (P-256), ${length} certificates`, p256.svidlab / p256.bare, '×'),
    lower(`svidlab ÷ pkijs (P-256), ${length} certificates`, p256.svidlab / p256.pkijs, '×', 1),
    lower(`svidlab ÷ node-forge (RSA 2048), ${length} certificates`, rsa.svidlab / rsa.forge, '×', 1),
    perSecond('svidlab (P-256)', p256.svidlab),
    perSecond('pkijs (P-256)', p256.pkijs),
    perSecond('bare signatures (P-256)', p256.bare),
    perSecond('svidlab (RSA 2048)', rsa.svidlab),
    perSecond('node-forge (RSA 2048)', rsa.forge),
  ];
}
