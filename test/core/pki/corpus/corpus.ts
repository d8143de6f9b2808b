import { defects } from '../defects.ts';
import { soundChains } from '../sound-chains.ts';
import { type CorpusCase, corpusCase } from './case.ts';
import { constraintCases } from './constraint-cases.ts';
import { crlCases } from './crl-cases.ts';
import { pathCases } from './path-cases.ts';
import { policyCases } from './policy-cases.ts';

/** Every chain the project makes to be judged by us and by OpenSSL. */
export const corpus: readonly CorpusCase[] = [
  ...defects.map(({ name, build, error, openssl }) => ({
    ...corpusCase(`defect: ${name}`, error.kind!, build),
    opensslCode: openssl,
  })),
  ...soundChains.map(({ name, build }) => corpusCase(`sound: ${name}`, null, build)),
  ...policyCases,
  ...pathCases,
  ...constraintCases,
  ...crlCases,
];
