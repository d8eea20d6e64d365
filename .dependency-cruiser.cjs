/**
 * The rooms of Tandem and which way imports may run (docs/developers.md has the picture):
 * model <- mapping <- (sync, lifecycle, insight), and model <- (connectors, store, queue). Only compose.ts and
 * the commands beside it know both the pure rooms and the edges. test/architecture.test.ts proves that the rules bite.
 */
const room = (name) => `^src/${name}/`;
const rooms = [
  'model',
  'mapping',
  'sync',
  'lifecycle',
  'insight',
  'connectors',
  'store',
  'queue',
  'server',
  'sandbox',
  'commands',
];
const may = {
  model: [],
  mapping: ['model'],
  sync: ['model', 'mapping'],
  lifecycle: ['model', 'mapping'],
  insight: ['model', 'mapping'],
  connectors: ['model'],
  store: ['model'],
  queue: ['model'],
  server: ['model'],
  sandbox: ['model'],
};

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two files that import each other cannot be read or tested apart: move what both need below them.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(may).map(([from, allowed]) => ({
      name: `room-${from}`,
      comment: `src/${from} may import only itself${allowed.map((name) => ` and src/${name}`).join('')}: declare an interface and let compose.ts wire it.`,
      severity: 'error',
      from: { path: room(from) },
      to: { path: `^src/`, pathNot: [room(from), ...allowed.map(room)] },
    })),
    {
      name: 'pure-rooms',
      comment:
        'model, mapping and sync decide and do no I/O of their own: clients and drivers live in connectors, store and queue.',
      severity: 'error',
      from: { path: rooms.slice(0, 5).map(room) },
      to: { path: 'node_modules/(pg|kysely|bullmq|ioredis|jsforce|@hubspot|fastify|nock)/' },
    },
    {
      name: 'bullmq-in-queue-only',
      comment: 'BullMQ only wakes. Nothing outside src/queue sees a job.',
      severity: 'error',
      from: { path: '^src/', pathNot: room('queue') },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'no-test-code-in-src',
      comment: 'The product must not depend on its tests.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
