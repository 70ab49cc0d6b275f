// Who may import whom. A folder that is not in another's list may not be imported by it.
const layers = {
  'lib/base': [],
  'lib/model': ['lib/base'],
  'lib/measure': ['lib/base', 'lib/model'],
  'lib/spec': ['lib/base', 'lib/model'],
  'lib/runs': ['lib/base', 'lib/spec'],
  'lib/experiments': ['lib/base', 'lib/model', 'lib/measure', 'lib/spec'],
  'lib/engine': ['lib/base', 'lib/model', 'lib/spec', 'lib/runs'],
  'lib/room': ['lib/base', 'lib/spec', 'lib/runs'],
  'lib/wire': ['lib/base', 'lib/spec', 'lib/runs', 'lib/room'],
  'lib/link': [
    'lib/base',
    'lib/model',
    'lib/measure',
    'lib/spec',
    'lib/runs',
    'lib/experiments',
    'lib/engine',
    'lib/room',
    'lib/wire',
  ],
  server: ['lib'],
  app: ['lib'],
  e2e: ['lib'],
};

// Packages with a home; everyone else goes through that home.
const homes = {
  yjs: ['lib/room', 'app/_session', 'server/rooms', 'server/storage'],
  'socket.io': ['server'],
  'socket.io-client': ['app/_session', 'e2e'],
  recharts: ['app/_figures'],
  libsql: ['server/storage'],
  '@tensorflow/tfjs-backend-webgpu': ['app/_compute', 'server/compute'],
};

const any = (folders) => `^(${folders.join('|')})(/|$)`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(layers).map(([from, to]) => ({
      name: `layer:${from}`,
      severity: 'error',
      // A test may put together what the walls keep apart: claims are held against trained runs.
      from: { path: `^${from}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^(lib|server|app|e2e)/', pathNot: any([from, ...to]) },
    })),
    ...Object.entries(homes).map(([name, folders]) => ({
      name: `home:${name}`,
      severity: 'error',
      from: { path: '^(lib|server|app|e2e)/', pathNot: `${any(folders)}|\\.(test|fixture)\\.ts$` },
      to: { path: `^node_modules/${name}/`, dependencyTypesNot: ['type-only'] },
    })),
    {
      name: 'figures-are-pure',
      comment: 'A figure is a function of data and size.',
      severity: 'error',
      from: { path: '^app/_figures/' },
      to: { path: '^app/_(session|compute)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
