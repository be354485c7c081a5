import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'

/** A folder for PAGES_DIR. */
export class BrandFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async create(files: Record<string, string | Buffer | object> = {}): Promise<BrandFolder> {
    const folder = new BrandFolder(await mkdtemp(join(tmpdir(), 'gatehouse-pages-')))
    await folder.write(files)
    return folder
  }

  /** Writes files. An object is written as JSON. */
  async write(files: Record<string, string | Buffer | object>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.path, name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
    }
  }

  copy(from: string, name: string): Promise<void> {
    return cp(from, join(this.path, name), { recursive: true })
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true })
  }
}

export function svg(content: string, width = 240, height = 60): string {
  return `<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${content}</svg>\n`
}

/** Makes a PNG image of one colour, which is red, green and blue. */
export function png(width: number, height: number, colour: readonly [number, number, number] = [11, 110, 79]): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8) // 8 bits for each of red, green and blue
  const row = Buffer.concat([Buffer.from([0]), ...Array<Buffer>(width).fill(Buffer.from(colour))])
  const pixels = deflateSync(Buffer.concat(Array<Buffer>(height).fill(row)))
  const parts = [chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts])
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, sum])
}
