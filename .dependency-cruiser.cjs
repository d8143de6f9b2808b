/**
 * Which way imports may point. A room may use the rooms above it in this list; inside core the order is its own.
 */
const rooms = ['core', 'trace', 'sim', 'mesh', 'scenario', 'projection', 'terminal', 'ui', 'embed', 'cli'];
const coreRooms = [['bytes', 'crypto', 'time'], ['spiffe', 'grpc'], ['pki', 'jwt'], ['kubernetes', 'policy']];

/** Rooms that may not use every room above them. */
const narrower = {
  projection: ['sim', 'mesh', 'scenario'],
  ui: ['sim', 'mesh'],
  embed: ['sim', 'mesh'],
  cli: ['embed'],
};

const upwards = rooms.map((room, rank) => {
  const below = [...rooms.slice(rank + 1), ...(narrower[room] ?? [])];
  return {
    name: `${room}-imports-upwards`,
    comment: `src/${room} may only use: ${rooms.filter((other) => !below.includes(other)).join(', ')}`,
    severity: 'error',
    from: { path: `^src/${room}/` },
    to: { path: `^src/(${below.join('|') || 'none'})/` },
  };
});

const coreUpwards = coreRooms.slice(0, -1).flatMap((group, rank) =>
  group.map((room) => ({
    name: `core-${room}-imports-upwards`,
    comment: `src/core/${room} may not use what is built on it`,
    severity: 'error',
    from: { path: `^src/core/${room}/` },
    to: { path: `^src/core/(${coreRooms.slice(rank + 1).flat().join('|')})/` },
  })),
);

module.exports = {
  forbidden: [
    ...upwards,
    ...coreUpwards,
    {
      name: 'no-cycles',
      comment: 'files that import each other cannot be understood one at a time',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'core-is-plain',
      comment: 'core is usable without the simulator and its views',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: 'node_modules/(svelte|xstate|d3-[a-z]+|valibot|commander)/' },
    },
    {
      name: 'xstate-in-mesh',
      comment: 'state machines live in mesh; sim is handed to them and knows none',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/mesh/' },
      to: { path: 'node_modules/xstate/' },
    },
    {
      name: 'views-in-ui',
      comment: 'what draws lives in ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ui|embed)/' },
      to: { path: 'node_modules/(svelte|d3-[a-z]+|@codemirror)/' },
    },
    {
      name: 'node-only-in-cli',
      comment: 'everything but the command line runs in a page',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/ui/i18n/compiled/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.svelte', '.js', '.json'], conditionNames: ['import', 'browser', 'default'] },
  },
};
