import { pino, type DestinationStream, type Logger } from 'pino'
import { describeError } from './describeError.ts'

/** The log of the service: JSON, a line each; errors without the values that they are about (security 80). */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino({ level, serializers: { err: describeError } }, destination)
}
