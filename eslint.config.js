import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['generated/', '.sdk/', '.work/', 'scripts/sdk/*/', 'docs/example/', 'data/', 'node_modules/'] },
  tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      // Numbers and URLs in messages are what messages are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Promise<void> callbacks are how Koa and Node take handlers.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      // Unused names that start with _ state a shape.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  // The two scripts that are not TypeScript: this file, and one for the browser.
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
)
