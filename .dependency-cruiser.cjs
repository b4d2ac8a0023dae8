// Who may import whom. One row per area of src/: besides itself, it may import only what stands
// here. test/lint/import-rules.test.ts plants a violation of every rule.
const area = (name) => `^src/${name}/`;
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
const builtins =
  '^(node:)?(assert|buffer|crypto|events|fs|http|https|net|path|stream|timers|url|util)($|/)';

const MAY_IMPORT = {
  domain: [npm('temporal-polyfill')],
  ports: [area('domain')],
  workflows: [area('domain'), area('ports'), npm('@temporalio/workflow', '@temporalio/common')],
  store: [area('domain'), area('ports'), npm('postgres'), builtins],
  stripe: [area('domain'), area('ports'), npm('stripe'), builtins],
  booking: [area('domain'), area('ports')],
  foresight: [area('domain'), area('ports')],
  mail: [area('domain'), area('ports'), npm('nodemailer'), builtins],
  pdf: [area('domain'), area('ports'), npm('pdfkit', 'fontkit'), builtins],
  activities: [
    ...['domain', 'ports', 'store', 'stripe', 'booking', 'foresight', 'mail', 'pdf'].map(area),
    npm('@temporalio/activity'),
    builtins,
  ],
  cases: [area('domain'), npm('zod')],
  catalog: [area('domain'), npm('zod', 'yaml'), builtins],
  temporal: [
    area('domain'),
    area('ports'),
    '^src/workflows/messages',
    npm('@temporalio/client', '@temporalio/common', '@temporalio/envconfig'),
    builtins,
  ],
  api: [
    ...['domain', 'ports', 'booking', 'temporal', 'catalog'].map(area),
    npm('zod', '@asteasolutions/zod-to-openapi', 'express', 'helmet', 'express-rate-limit'),
    npm('@types/express', '@types/express-serve-static-core'),
    builtins,
  ],
  client: [npm('openapi-fetch')],
  web: [npm('react', 'react-dom', '@types/react', '@mantine/.*', '@tanstack/.*', 'recharts')],
};

const entryPoints = '^src/(cli|local|demo)/|^src/(worker|server)\\.ts$';

const areaRules = Object.entries(MAY_IMPORT).map(([name, allowed]) => ({
  name: `${name}-imports-only-its-own`,
  comment: `src/${name} may import only what .dependency-cruiser.cjs lists for it.`,
  severity: 'error',
  from: { path: area(name) },
  to: { pathNot: [area(name), ...allowed] },
}));

const typesOnly = (from, to) => ({
  name: `${from}-sees-only-types-of-${to}`,
  comment: `src/${from} gets the working part of src/${to} injected; import its types only.`,
  severity: 'error',
  from: { path: area(from) },
  to: { path: area(to), dependencyTypesNot: ['type-only'] },
});

module.exports = {
  forbidden: [
    ...areaRules,
    typesOnly('workflows', 'ports'),
    typesOnly('api', 'catalog'),
    {
      name: 'only-calendar-knows-temporal-polyfill',
      comment: 'Calendar arithmetic has one home: src/domain/values/calendar.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/domain/values/calendar' },
      to: { path: npm('temporal-polyfill') },
    },
    {
      name: 'temporal-polyfill-by-its-implementation',
      comment: "The main entry takes the host's Temporal, which replays differently.",
      severity: 'error',
      from: { path: '^src/' },
      to: {
        path: npm('temporal-polyfill'),
        pathNot: 'node_modules/temporal-polyfill/(implementation|types/)',
      },
    },
    {
      name: 'only-entry-points-read-config',
      comment: 'Settings are passed in; only the entry points read the environment.',
      severity: 'error',
      from: { path: '^src/', pathNot: [entryPoints, '^src/config\\.ts$'] },
      to: { path: '^src/config\\.ts$' },
    },
    {
      name: 'config-imports-only-zod',
      comment: 'The configuration knows nothing of the product.',
      severity: 'error',
      from: { path: '^src/config\\.ts$' },
      to: { pathNot: npm('zod') },
    },
    {
      name: 'nobody-imports-entry-points',
      comment: 'cli, local, demo, worker and server put the parts together; no part knows them.',
      severity: 'error',
      from: { path: '^src/', pathNot: entryPoints },
      to: { path: entryPoints },
    },
    {
      name: 'product-never-imports-tests',
      comment: 'The product must work without test/ and bench/.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one module, or miss a third.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-unknown-imports',
      comment: 'An import that resolves to nothing is checked by no rule.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports of types count as well: they tie two areas together just the same.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
