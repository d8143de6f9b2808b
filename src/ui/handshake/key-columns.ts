import type { SecretView } from '../../projection/tls/key-schedule.ts';

interface KeyBox {
  readonly name: string;
  readonly generation: number;
  /** Null while it does not exist. */
  readonly secret: SecretView | null;
}

/** One of the three secrets of the schedule, with what goes into it and what is made of it. */
export interface KeyColumn {
  readonly id: 'early' | 'handshake' | 'application';
  readonly main: KeyBox;
  readonly inputs: readonly KeyBox[];
  readonly leaves: readonly KeyBox[];
  /** The transcript the leaves are bound to. */
  readonly context: string | null;
}

const always: readonly {
  readonly id: KeyColumn['id'];
  readonly main: string;
  readonly inputs: readonly string[];
  readonly leaves: readonly string[];
  /** Shown where they exist, and not missed where they do not. */
  readonly sometimes: readonly string[];
}[] = [
  {
    id: 'early',
    main: 'early_secret',
    inputs: [],
    leaves: [],
    sometimes: ['binder_key', 'client_early_traffic_secret', 'early_exporter_secret'],
  },
  {
    id: 'handshake',
    main: 'handshake_secret',
    inputs: ['ecdhe_shared_secret'],
    leaves: ['client_handshake_traffic_secret', 'server_handshake_traffic_secret'],
    sometimes: ['client_finished_key', 'server_finished_key'],
  },
  {
    id: 'application',
    main: 'main_secret',
    inputs: [],
    leaves: [
      'client_application_traffic_secret',
      'server_application_traffic_secret',
      'exporter_secret',
      'resumption_secret',
    ],
    sometimes: [],
  },
];

/** The key schedule of RFC 9846 section 7.1 as three columns, from left to right as it is computed. */
export function keyColumns(secrets: readonly SecretView[]): KeyColumn[] {
  const box = (name: string, generation = 0): KeyBox => ({
    name,
    generation,
    secret: secrets.find((one) => one.name === name && one.generation === generation) ?? null,
  });
  return always.map(({ id, main, inputs, leaves, sometimes }) => {
    const boxes = [
      ...leaves.map((name) => box(name)),
      ...sometimes.map((name) => box(name)).filter(({ secret }) => secret !== null),
      ...secrets
        .filter(({ name, generation }) => generation > 0 && leaves.includes(name))
        .map(({ name, generation }) => box(name, generation)),
    ];
    const contexts = boxes.flatMap(({ secret }) => secret?.contextOf ?? []);
    return {
      id,
      main: box(main),
      inputs: inputs.map((name) => box(name)),
      leaves: boxes,
      context: contexts.find((text) => text.startsWith('ClientHello')) ?? null,
    };
  });
}
