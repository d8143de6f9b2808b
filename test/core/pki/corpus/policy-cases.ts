import type { ChainErrorKind, PolicySettings } from '../../../../src/core/pki/index.ts';
import { type CertificateSpec, chainOf } from './chain-spec.ts';
import { type CorpusCase, corpusCase } from './case.ts';

const ANY = '2.5.29.32.0';
const [P1, P2, P3, P4] = [1, 2, 3, 4].map((n) => `1.3.6.1.4.1.99999.1.${n}`) as [
  string,
  string,
  string,
  string,
];

const explicit: PolicySettings = { explicit: true };
const accept = (...initial: string[]): PolicySettings => ({ explicit: true, initial });
const lax: PolicySettings = {};

const required: ChainErrorKind = 'policy-required';

type Row = readonly [
  name: string,
  cas: readonly CertificateSpec[],
  leaf: CertificateSpec,
  settings: PolicySettings,
  error: ChainErrorKind | null,
];

const all = (...policies: string[]): CertificateSpec => ({ policies });
const none: CertificateSpec = {};
const selfIssued = (...policies: string[]): CertificateSpec => ({ policies, isSelfIssued: true });

/** Certificate policies, as NIST PKITS 4.8 groups them. */
const policies: readonly Row[] = [
  ['all the same, explicit', [all(P1), all(P1)], all(P1), explicit, null],
  ['all the same, accepted', [all(P1), all(P1)], all(P1), accept(P1), null],
  ['all the same, another accepted', [all(P1), all(P1)], all(P1), accept(P2), required],
  ['all the same, one of two accepted', [all(P1), all(P1)], all(P1), accept(P1, P2), null],
  ['all the same, anyPolicy accepted', [all(P1)], all(P1), accept(ANY), null],
  ['accepted ones do not matter unless explicit', [all(P1)], all(P1), { initial: [P2] }, null],
  ['none anywhere', [none], none, lax, null],
  ['none anywhere, explicit', [none], none, explicit, required],
  ['none in the leaf', [all(P1)], none, lax, null],
  ['none in the leaf, explicit', [all(P1)], none, explicit, required],
  ['none in the middle, explicit', [all(P1), none], all(P1), explicit, required],
  ['different ones', [all(P1)], all(P2), lax, null],
  ['different ones, explicit', [all(P1)], all(P2), explicit, required],
  ['different ones, required by the CA', [{ ...all(P1), requireExplicit: 0 }], all(P2), lax, required],
  [
    'overlapping down to one, accepted',
    [all(P1, P2, P3, P4), all(P1, P2, P3), all(P1, P2)],
    all(P1),
    accept(P1),
    null,
  ],
  [
    'overlapping down to one, another accepted',
    [all(P1, P2, P3), all(P1, P2)],
    all(P1),
    accept(P2),
    required,
  ],
  ['overlap that ends', [all(P1, P2), all(P1)], all(P2), explicit, required],
  ['several throughout', [all(P1, P2)], all(P1, P2), accept(P2), null],
  ['anyPolicy throughout', [all(ANY), all(ANY)], all(ANY), explicit, null],
  ['anyPolicy throughout, one accepted', [all(ANY), all(ANY)], all(ANY), accept(P1), null],
  ['anyPolicy above one', [all(ANY)], all(P1), accept(P1), null],
  ['anyPolicy above one, another accepted', [all(ANY)], all(P1), accept(P2), required],
  ['anyPolicy below one', [all(P1)], all(ANY), accept(P1), null],
  ['anyPolicy below one, another accepted', [all(P1)], all(ANY), accept(P2), required],
  ['anyPolicy between', [all(P1), all(ANY)], all(P1), accept(P1), null],
  ['anyPolicy beside one', [all(P1, ANY)], all(P2), accept(P2), null],
  ['anyPolicy inhibited by the user', [all(ANY)], all(P1), { ...explicit, inhibitAny: true }, required],
  ['anyPolicy inhibited, one beside it', [all(P1, ANY)], all(P1), { ...explicit, inhibitAny: true }, null],
  ['a critical policy extension', [all(P1)], { change: { policies: null } }, lax, null],
];

/** requireExplicitPolicy, PKITS 4.9. */
const requireExplicit: readonly Row[] = [
  ...[
    [0, 1, required],
    [1, 1, required],
    [2, 1, null],
    [2, 2, required],
    [3, 2, null],
    [4, 2, null],
    [4, 4, required],
    [5, 4, null],
    [6, 4, null],
    [10, 4, null],
  ].map(([skip, below, error]): Row => {
    const cas = [
      { requireExplicit: skip as number },
      ...Array.from({ length: (below as number) - 1 }, () => none),
    ];
    return [
      `requireExplicitPolicy ${skip} above ${below} more`,
      cas,
      none,
      lax,
      error as typeof required | null,
    ];
  }),
  ['the smaller of two requirements', [{ requireExplicit: 7 }, { requireExplicit: 0 }], none, lax, required],
  ['a later one cannot loosen', [{ requireExplicit: 0 }, { requireExplicit: 9 }], none, lax, required],
  ['required and there', [{ ...all(P1), requireExplicit: 0 }, all(P1)], all(P1), lax, null],
  ['a self-issued CA does not count', [{ requireExplicit: 2 }, { isSelfIssued: true }], none, lax, null],
  [
    'a self-issued CA with a requirement',
    [{}, { isSelfIssued: true, requireExplicit: 0 }],
    none,
    lax,
    required,
  ],
  ['the leaf asks it of itself', [none], { requireExplicit: 0 }, lax, required],
  ['the leaf asks it of others', [none], { requireExplicit: 1 }, lax, null],
];

/** Policy mappings, PKITS 4.10. */
const mappings: readonly Row[] = [
  ['1 to 2, 1 accepted', [{ ...all(P1), mappings: [[P1, P2]] }], all(P2), accept(P1), null],
  ['1 to 2, 2 accepted', [{ ...all(P1), mappings: [[P1, P2]] }], all(P2), accept(P2), required],
  ['1 to 2, the leaf still has 1', [{ ...all(P1), mappings: [[P1, P2]] }], all(P1), explicit, required],
  [
    '1 to 2, mapping inhibited by the user',
    [{ ...all(P1), mappings: [[P1, P2]] }],
    all(P2),
    { ...explicit, inhibitMapping: true },
    required,
  ],
  ['1 to 3 beside 2, 2 accepted', [{ ...all(P1, P2), mappings: [[P1, P3]] }], all(P2), accept(P2), null],
  [
    '1 to 3 beside 2, leaf has 3, 1 accepted',
    [{ ...all(P1, P2), mappings: [[P1, P3]] }],
    all(P3),
    accept(P1),
    null,
  ],
  [
    '1 to 3 beside 2, leaf has 3, 2 accepted',
    [{ ...all(P1, P2), mappings: [[P1, P3]] }],
    all(P3),
    accept(P2),
    required,
  ],
  [
    '1 to several',
    [
      {
        ...all(P1),
        mappings: [
          [P1, P2],
          [P1, P3],
        ],
      },
    ],
    all(P3),
    accept(P1),
    null,
  ],
  [
    '1 and 2 to 3',
    [
      {
        ...all(P1, P2),
        mappings: [
          [P1, P3],
          [P2, P3],
        ],
      },
    ],
    all(P3),
    accept(P2),
    null,
  ],
  [
    'twice, 1 to 2 to 3',
    [
      { ...all(P1), mappings: [[P1, P2]] },
      { ...all(P2), mappings: [[P2, P3]] },
    ],
    all(P3),
    accept(P1),
    null,
  ],
  [
    'twice, the first name is gone',
    [
      { ...all(P1), mappings: [[P1, P2]] },
      { ...all(P1), mappings: [[P1, P3]] },
    ],
    all(P3),
    explicit,
    required,
  ],
  ['of a policy the CA does not assert', [{ ...all(P1), mappings: [[P2, P3]] }], all(P3), explicit, required],
  ['of a policy covered by anyPolicy', [{ ...all(ANY), mappings: [[P1, P2]] }], all(P2), accept(P1), null],
  [
    'of a policy covered by anyPolicy, the new name accepted',
    [{ ...all(ANY), mappings: [[P1, P2]] }],
    all(P2),
    accept(P2),
    required,
  ],
  ['anyPolicy below a mapping', [{ ...all(P1), mappings: [[P1, P2]] }], all(ANY), accept(P1), null],
  ['from anyPolicy', [{ ...all(P1), mappings: [[ANY, P1]] }], all(P1), lax, 'policy-mapping-invalid'],
  ['to anyPolicy', [{ ...all(P1), mappings: [[P1, ANY]] }], all(P1), lax, 'policy-mapping-invalid'],
  [
    'to itself and another',
    [
      {
        ...all(P1),
        mappings: [
          [P1, P1],
          [P1, P2],
        ],
      },
    ],
    all(P1),
    accept(P1),
    null,
  ],
];

/** inhibitPolicyMapping, PKITS 4.11. */
const inhibitMapping: readonly Row[] = [
  [
    '0, mapped by the next',
    [
      { ...all(P1), inhibitMapping: 0 },
      { ...all(P1), mappings: [[P1, P2]] },
    ],
    all(P2),
    explicit,
    required,
  ],
  [
    '1, mapped by the next',
    [
      { ...all(P1), inhibitMapping: 1 },
      { ...all(P1), mappings: [[P1, P2]] },
    ],
    all(P2),
    explicit,
    null,
  ],
  [
    '1, mapped by the one after',
    [{ ...all(P1), inhibitMapping: 1 }, all(P1), { ...all(P1), mappings: [[P1, P2]] }],
    all(P2),
    explicit,
    required,
  ],
  [
    '1, a self-issued one between',
    [{ ...all(P1), inhibitMapping: 1 }, selfIssued(P1), { ...all(P1), mappings: [[P1, P2]] }],
    all(P2),
    explicit,
    null,
  ],
  [
    '0, another policy is untouched',
    [
      { ...all(P1, P3), inhibitMapping: 0 },
      { ...all(P1, P3), mappings: [[P1, P2]] },
    ],
    all(P3),
    explicit,
    null,
  ],
  [
    'a later one cannot loosen',
    [
      { ...all(P1), inhibitMapping: 0 },
      { ...all(P1), inhibitMapping: 5, mappings: [[P1, P2]] },
    ],
    all(P2),
    explicit,
    required,
  ],
];

/** inhibitAnyPolicy, PKITS 4.12. */
const inhibitAny: readonly Row[] = [
  ['0, anyPolicy in the leaf', [{ ...all(P1), inhibitAny: 0 }], all(ANY), explicit, required],
  ['0, anyPolicy and one in the leaf', [{ ...all(P1), inhibitAny: 0 }], all(ANY, P1), explicit, null],
  ['1, anyPolicy in the next CA', [{ ...all(P1), inhibitAny: 1 }, all(ANY)], all(P1), explicit, null],
  ['1, anyPolicy in the leaf below', [{ ...all(P1), inhibitAny: 1 }, all(P1)], all(ANY), explicit, required],
  [
    'a later one cannot loosen',
    [
      { ...all(P1), inhibitAny: 0 },
      { ...all(ANY), inhibitAny: 5 },
    ],
    all(P1),
    explicit,
    required,
  ],
  [
    '0, anyPolicy in a self-issued CA',
    [{ ...all(P1), inhibitAny: 0 }, selfIssued(ANY)],
    all(P1),
    explicit,
    null,
  ],
  [
    '0, anyPolicy in a self-issued leaf',
    [{ ...all(P1), inhibitAny: 0 }],
    { ...all(ANY), isSelfIssued: true },
    explicit,
    required,
  ],
  [
    '1, two self-issued ones do not count',
    [{ ...all(P1), inhibitAny: 1 }, selfIssued(P1), selfIssued(P1)],
    all(ANY),
    explicit,
    null,
  ],
];

const groups = { policies, requireExplicit, mappings, inhibitMapping, inhibitAny };

export const policyCases: readonly CorpusCase[] = Object.entries(groups).flatMap(([group, rows]) =>
  rows.map(([name, cas, leaf, settings, error]) =>
    corpusCase(`${group}: ${name}`, error, chainOf({ cas, leaf }, { policies: settings })),
  ),
);
