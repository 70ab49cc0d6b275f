// The decisions lint remembers; each message says what to do instead.
import noOnlyTests from 'eslint-plugin-no-only-tests';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const restrict = (...rules) => ['error', ...rules.map(([selector, message]) => ({ selector, message }))];

const everywhere = [['ExportAllDeclaration', 'Name what you export: a reader should find it by its name.']];
const noDefaultExport = ['ExportDefaultDeclaration', 'Export by name: a thing is spelled the same everywhere.'];
const pure = [
  [
    "MemberExpression[object.name='Math'][property.name='random']",
    'Take a key of lib/base/random: a run must be reproducible.',
  ],
  [
    "MemberExpression[object.name='Math'][property.name=/^(exp|log|log2|log10|pow|sin|cos|tan)$/]",
    'Use lib/base/ieee: browsers differ in Math.',
  ],
  ["BinaryExpression[operator='**']", 'Use lib/base/ieee: ** is Math.pow, and browsers differ in it.'],
  ["MemberExpression[object.name='Date'][property.name='now']", 'Take the time as an argument.'],
];
const moduleState = [
  ["Program > VariableDeclaration[kind='let']", 'Put it in createX(): two servers run in one test.'],
  [
    'Program > VariableDeclaration > VariableDeclarator > NewExpression[callee.name=/^(Map|Set|WeakMap)$/]',
    'Put it in createX(): two servers run in one test.',
  ],
];
const environment = [
  "MemberExpression[object.name='process'][property.name='env']",
  'Read it in server/config.ts and pass it on.',
];

export default tseslint.config(
  { ignores: ['.next/', 'node_modules/', 'data/', 'next-env.d.ts', '**/*.mjs', '*.cjs', 'test-results/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'no-only-tests': noOnlyTests },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-console': 'error',
      'no-only-tests/no-only-tests': 'error',
      'no-restricted-syntax': restrict(...everywhere, noDefaultExport),
      eqeqeq: 'error',
    },
  },
  {
    files: ['lib/**'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': restrict(...everywhere, noDefaultExport, ...pure) },
  },
  {
    files: ['lib/model/**', 'lib/measure/**'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-syntax': restrict(...everywhere, noDefaultExport, ...pure, [
        'FunctionDeclaration[async=true]',
        'Mathematics does not wait: keep it synchronous.',
      ]),
    },
  },
  {
    files: ['server/**'],
    rules: { 'no-restricted-syntax': restrict(...everywhere, noDefaultExport, ...moduleState, environment) },
  },
  {
    files: ['server/config.ts'],
    rules: { 'no-restricted-syntax': restrict(...everywhere, noDefaultExport, ...moduleState) },
  },
  {
    files: ['app/**'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'no-restricted-globals': [
        'error',
        { name: 'localStorage', message: 'Go through app/_session/memory: storage may be full, forbidden or gone.' },
      ],
    },
  },
  { files: ['app/_session/**'], rules: { 'no-restricted-globals': 'off' } },
  // Next asks for default exports from its own files.
  {
    files: [
      'app/**/{page,layout,not-found,error,global-error,loading,route,icon}.tsx',
      'app/**/route.ts',
      '*.config.ts',
    ],
    rules: { 'no-restricted-syntax': restrict(...everywhere) },
  },
  { files: ['server/main.ts', 'server/commands/**', 'e2e/**'], rules: { 'no-console': 'off' } },
);
