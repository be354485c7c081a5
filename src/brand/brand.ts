import { readColors, type Colors } from './colors.ts'
import { readLogos, type Logos } from './logos.ts'
import type { PagesFolder } from './pagesFolder.ts'

/** The look of the product. */
export type Brand = { colors: Colors; logos: Logos }

/** Reads the colours and logos in PAGES_DIR. Mistakes in these files are reported to `folder`. */
export function readBrand(folder: PagesFolder): Brand {
  return { colors: readColors(folder), logos: readLogos(folder) }
}
