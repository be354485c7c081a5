import { StartError } from '../../src/problems.ts'
import { cases } from './cases.ts'
import type { Case } from './figures.ts'

/** @throws StartError if the text is not a whole number from 1 to the maximum */
export function parseCount(name: string, text: string, maximum: number): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= maximum) return count
  throw new StartError(`${name} must be a whole number from 1 to ${maximum}.`)
}

/** Returns the chosen cases in the order of a round. @throws StartError if there is no case of one of the names */
export function chooseCases(only: readonly string[] | undefined): readonly Case[] {
  if (!only) return cases
  const names = only.flatMap((some) => some.split(',')).map((name) => name.trim())
  const unknown = names.find((name) => !cases.some((one) => one.name === name))
  if (unknown !== undefined) throw new StartError(`There is no case ${unknown}: see --help.`)
  return cases.filter(({ name }) => names.includes(name))
}

/** Returns arguments in which each of the two files after --compare has this option, because an option has one value. */
export function repeatCompare(args: readonly string[]): string[] {
  const at = args.indexOf('--compare')
  const second = args[at + 2]
  if (at < 0 || second === undefined || second.startsWith('-')) return [...args]
  return args.toSpliced(at + 2, 0, '--compare')
}

/** Returns arguments in which --grow has a value, because an option without one is a flag. */
export function completeGrow(args: readonly string[], maximum: number): string[] {
  const at = args.indexOf('--grow')
  const value = args[at + 1]
  if (at < 0 || (value !== undefined && !value.startsWith('-'))) return [...args]
  return args.toSpliced(at + 1, 0, String(maximum))
}
