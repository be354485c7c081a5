import { findDeviceNames } from '../domain/deviceNames.ts'
import { fill } from './template.ts'
import type { Words } from './words.ts'

/** Names the device of a User-Agent for a mail, such as "Firefox on Linux". */
export function describeDevice(userAgent: string, { device, unknownDevice }: Words): string {
  const { browser, system } = findDeviceNames(userAgent)
  return browser && system ? fill(device, { browser, system }) : (browser ?? system ?? unknownDevice)
}
