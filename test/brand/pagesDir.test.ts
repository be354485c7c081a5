import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPagesDir } from '../../src/pagesDir.ts'
import { StartError } from '../../src/problems.ts'
import { BrandFolder, png, svg } from '../support/brandFolder.ts'
import { assertSentence, StartRoom } from '../support/start.ts'

const green = { light: '#0b6e4f', dark: '#7be0b4' }

describe('PAGES_DIR', () => {
  let folder: BrandFolder
  beforeEach(async () => {
    folder = await BrandFolder.create()
  })
  afterEach(() => folder.remove())

  /** Returns the mistakes with which the start stops, without the path of the folder. */
  const mistakesOf = async (files: Record<string, string | Buffer | object>): Promise<string[]> => {
    await folder.write(files)
    try {
      readPagesDir(folder.path)
      return []
    } catch (error) {
      assert.ok(error instanceof StartError)
      const [first, ...lines] = error.message.split('\n')
      assert.equal(first, 'Wrong files in PAGES_DIR:')
      return lines.map((line) => line.replace(`  ${folder.path}/`, '').replaceAll(folder.path, ''))
    }
  }

  it('may be missing, and may be empty', () => {
    const without = readPagesDir(undefined)
    assert.deepEqual(readPagesDir(folder.path), without)
    assert.equal(without.brand.colors.styleSheet, undefined)
    assert.equal(without.scriptTexts, undefined)
    assert.equal(without.texts.en.signIn, 'Sign in')
    assert.throws(() => readPagesDir(join(folder.path, 'absent')), /absent: ENOENT/)
  })

  it('is refused with one line for each mistake in all files', async () => {
    const files = {
      'color.json': {},
      'colors.json': { acent: green },
      'logo.svg': 'a text',
      'texts/de.json': {},
      'texts/ru.json': '{"links": }',
      'mails/en/restore.txt': 'Hello',
    }
    assert.deepEqual((await mistakesOf(files)).map((line) => line.replace(/(: .{18}).*/, '$1')).sort(), [
      'color.json: the possible names',
      'colors.json: acent is unknown. ',
      'logo.svg: is not an SVG imag',
      'mails/en/restore.txt: the first paragrap',
      'texts/de.json: the possible names',
      'texts/ru.json: is not JSON: Unexp',
    ])
  })

  it('may contain no file of more than 100,000 bytes', async () => {
    assert.deepEqual(await mistakesOf({ 'logo.svg': svg('').padEnd(100_000) }), [])
    assert.deepEqual(await mistakesOf({ 'logo.svg': svg('').padEnd(100_001) }), [
      'logo.svg: has 100001 bytes; a file may have at most 100000',
    ])
  })

  it('may contain the examples of docs/operations.md', async () => {
    const guide = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
    const examples = guide.matchAll(/<!-- ([\w./]+\.json) -->\s+```json\n([^]+?)```/g)
    const files = Object.fromEntries([...examples].map(([, name = '', text = '']) => [name, text] as const))
    assert.deepEqual(Object.keys(files), ['colors.json', 'texts/en.json'])
    assert.deepEqual(await mistakesOf(files), [])
  })

  describe('colors.json', () => {
    const mistakesIn = (colors: unknown) => mistakesOf({ 'colors.json': JSON.stringify(colors) })

    it('replaces colours on pages and in mails, and derives those of hovered links', async () => {
      assert.deepEqual(await mistakesIn({ accent: green, page: { light: '#F5F1EA', dark: '#14110d' } }), [])
      const { colors } = readPagesDir(folder.path).brand
      const lines = [
        '--accent-strong: light-dark(#08533b, #9ce8c7);',
        '--accent: light-dark(#0b6e4f, #7be0b4);',
        '--page: light-dark(#F5F1EA, #14110d);',
      ]
      assert.equal(colors.styleSheet, `:root {\n  ${lines.join('\n  ')}\n}\n`)
      assert.deepEqual(colors.button, { background: '#0b6e4f', text: '#ffffff' })
    })

    it('may contain every colour of the style sheet, all of which have enough contrast', async () => {
      const names = [
        ...['accent', 'accent-strong', 'border', 'danger', 'danger-surface', 'field', 'field-border', 'on-accent'],
        ...['page', 'success', 'success-surface', 'surface', 'text', 'text-muted'],
      ]
      const wrong = Object.fromEntries(names.map((name) => [name, {}]))
      assert.equal((await mistakesIn(wrong)).length, 2 * names.length)
      assert.deepEqual(await mistakesIn({}), [])
    })

    for (const [title, colors, mistakes] of [
      ['an array', [], [/^the content must be an object with text, text-muted, .*$/]],
      ['one colour for both schemes', { accent: '#0b6e4f' }, ['accent must be an object with light, dark']],
      ['only one colour', { accent: { light: '#0b6e4f' } }, ['accent.dark is missing']],
      [
        'colours in other formats',
        { accent: { light: 'green', dark: '#fff' }, page: { light: '#fff;}', dark: 0 }, text: null },
        [
          'accent.light must be a colour such as #2a4fd0',
          'accent.dark must be a colour such as #2a4fd0',
          'page.light must be a colour such as #2a4fd0',
          'page.dark must be a text',
          'text must be an object with light, dark',
        ],
      ],
      ['an unknown scheme', { page: { ...green, dim: '#000000' } }, ['page.dim is unknown. Did you mean page.dark?']],
      ['an unknown name', { 'text-mute': green }, ['text-mute is unknown. Did you mean text-muted?']],
      ['a name of Object.prototype', { constructor: green }, [/^constructor is unknown\. /]],
      ['the name __proto__', JSON.parse('{"__proto__": {}}') as object, [/^__proto__ is unknown\. /]],
    ] as [string, unknown, (string | RegExp)[]][])
      it(`is refused with ${title}`, async () => {
        const found = (await mistakesIn(colors)).map((line) => line.replace('colors.json: ', ''))
        assert.equal(found.length, mistakes.length)
        for (const [index, mistake] of mistakes.entries())
          if (typeof mistake === 'string') assert.equal(found[index], mistake)
          else assert.match(String(found[index]), mistake)
      })

    it('is refused with the measured contrast of colours that cannot be read', async () => {
      const yellow = { light: '#ffcc00', dark: '#7be0b4' }
      const [onPage, onSurface, ...others] = await mistakesIn({ accent: yellow })
      assert.equal(
        onPage,
        'colors.json: accent (#ffcc00) on page (#f3f4f8) in the light scheme has a contrast of 1.3:1, and at least 4.5:1 is needed. Choose a darker accent.',
      )
      assert.match(String(onSurface), /accent \(#ffcc00\) on surface \(#ffffff\) .* 1\.5:1/)
      assert.match(others.join('\n'), /on-accent \(#ffffff\) on accent \(#ffcc00\)/)
      const [dim] = await mistakesIn({ accent: { light: '#0b6e4f', dark: '#0b6e4f' } })
      assert.match(String(dim), / in the dark scheme has a contrast of .* Choose a lighter accent\.$/)
      const [edge] = await mistakesIn({ 'field-border': { light: '#959595', dark: '#767e91' } })
      assert.match(String(edge), /^colors\.json: field-border .* of 2\.9:1, and at least 3:1 is needed\./)
    })
  })

  describe('the logo', () => {
    it('is an SVG image on pages if there is one, and a PNG image in mails', async () => {
      await folder.write({ 'logo.png': png(400, 100), 'logo-dark.png': png(4, 1) })
      const { light, dark, mail } = readPagesDir(folder.path).brand.logos
      assert.match(String(light?.name), /^logo-[\w-]{8}\.png$/)
      assert.match(String(dark?.name), /^logo-dark-[\w-]{8}\.png$/)
      assert.deepEqual([mail?.width, mail?.height], [160, 40])
      await folder.write({ 'logo.svg': svg('<path d="M0 0h9v9z"/>'), 'logo.png': png(1000, 10) })
      const { logos } = readPagesDir(folder.path).brand
      assert.match(String(logos.light?.name), /^logo-[\w-]{8}\.svg$/)
      assert.deepEqual([logos.mail?.width, logos.mail?.height], [280, 3])
    })

    it('has another name when its content changes', async () => {
      await folder.write({ 'logo.svg': svg('') })
      const before = readPagesDir(folder.path).brand.logos.light?.name
      assert.equal(readPagesDir(folder.path).brand.logos.light?.name, before)
      await folder.write({ 'logo.svg': svg(' ') })
      assert.notEqual(readPagesDir(folder.path).brand.logos.light?.name, before)
    })

    it('is refused if it is of another type, or only for the dark scheme', async () => {
      const files = { 'logo.svg': '<svg viewBox="0 0 1 1"></svg>', 'logo.png': svg(''), 'logo-dark.png': png(1, 1) }
      assert.deepEqual((await mistakesOf(files)).sort(), [
        'logo.png: is not a PNG image',
        'logo.svg: is not an SVG image with <svg xmlns="http://www.w3.org/2000/svg">',
      ])
      await folder.remove()
      folder = await BrandFolder.create()
      assert.deepEqual(await mistakesOf({ 'logo-dark.png': png(1, 1) }), [
        'logo.svg: is missing: there is only a logo for the dark scheme',
      ])
      assert.deepEqual(await mistakesOf({ 'logo.svg': svg('') }), [])
      assert.deepEqual(await mistakesOf({ 'logo.png': png(1, 1).fill(0, 16, 24) }), ['logo.png: is not a PNG image'])
    })
  })

  describe('texts', () => {
    it('replace those of the same names, in one language', async () => {
      const en = { links: { signIn: 'Log in', activate: { done: { title: 'Welcome' } } }, entry: { signIn: 'Log in' } }
      assert.deepEqual(await mistakesOf({ 'texts/en.json': `\uFEFF${JSON.stringify(en)}`, 'texts/ru.json': {} }), [])
      const { texts, scriptTexts = '' } = readPagesDir(folder.path)
      assert.deepEqual([texts.en.signIn, texts.en.activate.done.title], ['Log in', 'Welcome'])
      assert.equal(texts.en.activate.done.text, 'You can sign in now.')
      assert.equal(texts.ru.signIn, 'Войти')
      assert.deepEqual(JSON.parse(scriptTexts), { en: { entry: { signIn: 'Log in' } }, ru: {} })
    })

    it('are refused with an unknown name, a wrong type or an unknown placeholder', async () => {
      const en = {
        link: {},
        links: { activat: {}, thisAddress: ' ', signIn: { title: 'x' }, activate: 'x' },
        entry: { fields: { emial: 'x' } },
        account: { nav: { profile: 1 } },
      }
      assert.deepEqual((await mistakesOf({ 'texts/en.json': en })).sort(), [
        'texts/en.json: account.nav.profile must be a text',
        'texts/en.json: entry.fields.emial is unknown. Did you mean entry.fields.email?',
        'texts/en.json: link is unknown. Did you mean links?',
        'texts/en.json: links.activat is unknown. Did you mean links.activate?',
        'texts/en.json: links.activate must be an object with title, text, button, done',
        'texts/en.json: links.signIn must be a text',
        'texts/en.json: links.thisAddress must not be empty',
      ])
      const placeholders = {
        links: { confirmEmail: { text: '{{email}} {{product}} {{name}}' }, signIn: '{{product}}' },
        account: { nav: { profile: 'Profile {{ email }}' } },
      }
      assert.deepEqual(await mistakesOf({ 'texts/en.json': placeholders }), [
        'texts/en.json: links.confirmEmail.text contains {{name}}, which is unknown; this text has {{product}}, {{email}}',
        'texts/en.json: links.signIn contains {{product}}, which is unknown; this text has no placeholders',
        'texts/en.json: account.nav.profile contains braces; a placeholder is written {{name}}',
      ])
    })
  })

  describe('at the start of the service', () => {
    const room = new StartRoom()

    it('stops the start with all of its mistakes, even without the database', async () => {
      await folder.write({ 'colors.json': { accent: {} }, 'texts/en.json': { entry: { title: 'x' } } })
      const DATABASE_URL = 'postgres://gatehouse@127.0.0.1:1/gatehouse'
      const start = room.start({ DATABASE_URL, PAGES_DIR: folder.path })
      assert.equal(await start.ended, 1)
      assertSentence(
        start,
        /^Wrong files in PAGES_DIR:\n.*\/colors\.json: accent\.light is missing\n.*\/colors\.json: accent\.dark is missing\n.*\/texts\/en\.json: entry\.title is unknown\. [^\n]+$/,
      )
    })
  })
})
