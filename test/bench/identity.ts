import { type Bench, lower } from './bench.ts';
import { forgeRsa } from './identities/forge.ts';
import { peculiarP256 } from './identities/peculiar.ts';
import { pkijsP256 } from './identities/pkijs.ts';
import { svidlabP256, svidlabRsa } from './identities/svidlab.ts';
import { race } from './support/timing.ts';

export const identity: Bench = {
  name: 'identity',
  what: 'one workload identity (key, CSR, check of it, leaf) beside other libraries doing the same',
  async run(note) {
    const p256 = await race(
      { svidlab: await svidlabP256(), peculiar: await peculiarP256(), pkijs: await pkijsP256() },
      { rounds: 15, perRound: 100 },
    );
    note('RSA 2048 with the key given: node-forge knows RSA only, and making keys varies');
    const rsa = await race({ svidlab: await svidlabRsa(), forge: forgeRsa() }, { rounds: 9, perRound: 20 });
    return [
      lower('svidlab ÷ @peculiar/x509 (P-256)', p256.svidlab / p256.peculiar, '×', 1),
      lower('svidlab ÷ pkijs (P-256)', p256.svidlab / p256.pkijs, '×', 1),
      lower('svidlab ÷ node-forge (RSA 2048, key given)', rsa.svidlab / rsa.forge, '×', 1),
      lower('svidlab (P-256)', p256.svidlab, 'ms'),
      lower('@peculiar/x509 (P-256)', p256.peculiar, 'ms'),
      lower('pkijs (P-256)', p256.pkijs, 'ms'),
      lower('svidlab (RSA 2048, key given)', rsa.svidlab, 'ms'),
      lower('node-forge (RSA 2048, key given)', rsa.forge, 'ms'),
    ];
  },
};
