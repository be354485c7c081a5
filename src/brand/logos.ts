import { createHash } from 'node:crypto'
import type { PagesFolder, TopName } from './pagesFolder.ts'

export type Image = {
  /** The name under which pages load the file. It changes with the content. */
  name: string
  content: Buffer
}

export type MailLogo = {
  content: Buffer
  /** The size in pixels at which mails show the logo. */
  width: number
  height: number
}

export type Logos = {
  /** The logo on pages, and the one in the dark scheme. */
  light: Image | undefined
  dark: Image | undefined
  /** The logo in mails, which is a PNG image, because mail readers show no SVG. */
  mail: MailLogo | undefined
}

// In pixels. A logo in a mail has this height, or a smaller one if it is very wide.
const mailHeight = 40
const mailWidth = 280

/** Reads the files of the logo. Pages prefer SVG. */
export function readLogos(folder: PagesFolder): Logos {
  const read = (name: TopName) =>
    folder.has(name) ? folder.read(name, (content) => readImage(name, content)) : undefined
  const png = read('logo.png')
  const light = read('logo.svg') ?? png
  const dark = read('logo-dark.svg') ?? read('logo-dark.png')
  if (dark && !folder.has('logo.svg') && !folder.has('logo.png'))
    folder.report('logo.svg', 'is missing: there is only a logo for the dark scheme')
  return { light, dark, mail: png && measure(png.content) }
}

/** @throws Error if the content is not of the type that the name says */
function readImage(name: TopName, content: Buffer): Image {
  if (name.endsWith('.png')) measure(content)
  else if (!/<svg\s[^>]*xmlns=["']http:\/\/www\.w3\.org\/2000\/svg["']/.test(content.toString()))
    throw new Error('is not an SVG image with <svg xmlns="http://www.w3.org/2000/svg">')
  return { name: hashedName(name, content), content }
}

/** Puts a hash of the content into the name of a file. */
export function hashedName(name: string, content: Buffer | string): string {
  return name.replace('.', `-${createHash('sha256').update(content).digest('base64url').slice(0, 8)}.`)
}

/** Reads the size of a PNG image from its first chunk. @throws Error if the content is not a PNG image */
function measure(content: Buffer): MailLogo {
  const isPng = content.length > 24 && content.toString('latin1', 0, 16) === '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'
  const [width, height] = isPng ? [content.readUInt32BE(16), content.readUInt32BE(20)] : [0, 0]
  if (width === 0 || height === 0) throw new Error('is not a PNG image')
  const scale = Math.min(mailHeight / height, mailWidth / width)
  return { content, width: Math.round(width * scale), height: Math.round(height * scale) }
}
