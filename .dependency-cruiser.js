/**
 * The direction of imports. Rooms of src/ in their order: a room may import rooms above it, never below.
 * Names listed on one line are of one rank.
 */
const rooms = [
  ['core'],
  ['trace'],
  ['sim'],
  ['mesh'],
  ['scenario'],
  ['projection'],
  ['terminal'],
  ['ui', 'embed'],
  ['cli'],
];

/** The same inside core/; rooms of one rank do not know each other unless said. */
const coreRooms = [
  ['bytes', 'time'],
  ['crypto'],
  ['spiffe', 'grpc', 'http', 'capture'],
  ['pki'],
  ['jwt', 'tls'],
  ['kubernetes'],
  ['policy'],
];

const noUpward = (folder, ranks) =>
  ranks
    .flatMap((names, rank) =>
      names.map((name) => {
        const below = [...names.filter((other) => other !== name), ...ranks.slice(rank + 1).flat()];
        return {
          name: `${folder.replaceAll('/', '-')}-${name}-imports-upward-only`,
          comment: `${folder}/${name} may use only what stands above it in the list of rooms.`,
          severity: 'error',
          from: { path: `^${folder}/${name}/` },
          to: { path: `^${folder}/(${below.join('|')})/` },
        };
      }),
    )
    .filter(({ to }) => !to.path.endsWith('()/'));

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const packages = (...names) => ({ path: `node_modules/(${names.join('|')})(/|$)` });

export default {
  forbidden: [
    ...noUpward('src', rooms),
    ...noUpward('src/core', coreRooms),
    forbid(
      'core-has-no-roof',
      'Everything in core/ stands in one of its rooms.',
      { path: '^src/core/[^/]+\\.ts$' },
      {},
    ),
    forbid(
      'projection-is-pure',
      'projection/ is a function of the trace: core/ and trace/ only.',
      { path: '^src/projection/' },
      { path: '^src/', pathNot: '^src/(core|trace|projection)/' },
    ),
    forbid(
      'ui-reaches-the-world-through-scenario',
      'The page knows the world by its trace and by scenario/; mesh/ and sim/ live in the worker.',
      { path: '^src/(ui|embed)/' },
      { path: '^src/(mesh|sim)/' },
    ),
    forbid(
      'page-and-command-line-apart',
      'cli/ runs without the page.',
      { path: '^src/cli/' },
      { path: '^src/(ui|embed)/' },
    ),
    forbid(
      'src-needs-no-test',
      'The product does not import its tests.',
      { path: '^src/' },
      { path: '^test/' },
    ),
    forbid(
      'no-cycles',
      'Two files that need each other are one concept, or have one too many.',
      { path: '^(src/.+)$' },
      // A component may draw itself inside itself.
      { circular: true, pathNot: '^$1$', viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid(
      'state-machines-stay-in-the-world',
      'XState belongs to sim/ and mesh/.',
      { path: '^src/', pathNot: '^src/(sim|mesh)/' },
      packages('xstate', '@xstate'),
    ),
    forbid(
      'svelte-stays-in-the-page',
      'Svelte belongs to ui/ and embed/.',
      { path: '^src/', pathNot: '^src/(ui|embed)/' },
      packages('svelte', '@codemirror'),
    ),
    forbid(
      'layout-stays-in-views',
      'd3 computes for views: projection/ and ui/.',
      { path: '^src/', pathNot: '^src/(ui|embed|projection)/' },
      packages('d3-[^/]+', '@types/d3-[^/]+'),
    ),
    forbid(
      'node-stays-in-the-command-line',
      'Only cli/ may use Node.',
      { path: '^src/', pathNot: '^src/cli/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'development-packages-stay-out',
      'What src/ imports is a dependency of the product.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'found',
      'Every import leads to a file.',
      { path: '^src/' },
      { couldNotResolve: true, pathNot: '^virtual:' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/ui/i18n/compiled/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'browser', 'import', 'types', 'node', 'default'],
    },
  },
};
