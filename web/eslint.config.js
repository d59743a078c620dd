import tseslint from 'typescript-eslint'

const letters = /\p{L}/u
const spoken = new Set(['aria-label', 'aria-valuetext', 'alt', 'label', 'lead', 'placeholder', 'title', 'text', 'hint'])

// Every text that a person reads stands in the dictionaries.
const own = {
  rules: {
    'no-literal-text': {
      meta: { type: 'problem', schema: [] },
      create: (context) => {
        const refuse = (node) =>
          context.report({ node, message: 'A text for people belongs into src/i18n, both languages.' })
        return {
          JSXText: (node) => letters.test(node.value) && refuse(node),
          JSXAttribute: (node) =>
            spoken.has(node.name.name) &&
            node.value?.type === 'Literal' &&
            letters.test(String(node.value.value)) &&
            refuse(node),
        }
      },
    },
  },
}

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules', 'src/api/made/**', 'src/routeTree.gen.ts'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}', 'tests/**/*.ts'],
    plugins: { own },
    rules: {
      'own/no-literal-text': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'window', property: 'localStorage', message: 'Nothing of a tenant stays in a browser.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'What people typed is never markup.',
        },
        {
          selector: "CallExpression > MemberExpression[property.name='mutate']",
          message: 'mutateAsync, given back to the Button or FormDialog: it drops presses until that has ended.',
        },
      ],
    },
  },
)
