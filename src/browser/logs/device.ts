import { findDeviceNames } from '../../domain/deviceNames.ts'
import { fill } from '../language.ts'
import { logTexts } from './texts.ts'

/** Names a device by its User-Agent, such as "Firefox on Linux". */
export function nameDevice(userAgent: string): string {
  const { device, unknownDevice } = logTexts.value
  const { browser, system } = findDeviceNames(userAgent)
  return browser && system ? fill(device, { browser, system }) : (browser ?? system ?? unknownDevice)
}
