/**
 * The rooms of Tandem and which way imports may run (docs/developers.md has the picture):
 * model <- mapping <- (sync, lifecycle, insight), and model <- (connectors, store, queue, server, sandbox). Only main.ts,
 * compose.ts and the commands beside it know both the pure rooms and the edges, so no rule is written for them.
 * test/architecture.test.ts proves that each rule bites and that nothing escapes them.
 */
const room = (name) => `^src/${name}/`;
const pureRooms = ['model', 'mapping', 'sync', 'lifecycle', 'insight'];
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
  console: ['model'],
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
        'The pure rooms decide and do no I/O of their own: clients and drivers live in connectors, store and queue.',
      severity: 'error',
      from: { path: pureRooms.map(room) },
      to: { path: 'node_modules/(pg|kysely|bullmq|ioredis|jsforce|@hubspot|fastify|nock)/' },
    },
    {
      name: 'pure-rooms-no-io',
      comment:
        'The same inputs must always give the same plan: files, sockets and processes are read by the edges and handed in. (mapping reads its own YAML files.)',
      severity: 'error',
      from: { path: pureRooms.filter((name) => name !== 'mapping').map(room) },
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|net|http|http2|https|tls|dns|dgram|child_process|worker_threads)(/|$)',
      },
    },
    ...['connectors', 'sandbox'].map((name) => ({
      name: `vendors-apart-${name}`,
      comment: `The two vendors know nothing of each other: what both need lies beside them in src/${name}.`,
      severity: 'error',
      from: { path: `^src/${name}/(hubspot|salesforce)/` },
      to: { path: `^src/${name}/(hubspot|salesforce)/`, pathNot: `^src/${name}/$1/` },
    })),
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
    {
      name: 'no-dev-dependency-in-src',
      comment:
        'The image installs without dev dependencies: move the package to "dependencies" or do without it.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'no-unresolvable',
      comment:
        'An import that cannot be resolved is not checked by any rule above: correct the path, or install the package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
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
