import { clientScenarios } from './scenarios/clients.ts'
import { clockScenarios } from './scenarios/clock.ts'
import { databaseScenarios } from './scenarios/database.ts'
import { mailScenarios } from './scenarios/mail.ts'
import { migrationScenarios } from './scenarios/migrations.ts'
import { processScenarios } from './scenarios/process.ts'
import { resourceScenarios } from './scenarios/resources.ts'
import { rollingScenarios } from './scenarios/rolling.ts'
import { soakScenarios } from './scenarios/soak.ts'
import { standbyScenarios } from './scenarios/standby.ts'
import type { Scenario } from './scenario.ts'

/** All scenarios, in the order of their names. */
export const scenarios: Scenario[] = [
  ...databaseScenarios,
  ...mailScenarios,
  ...processScenarios,
  ...clientScenarios,
  ...clockScenarios,
  ...migrationScenarios,
  ...rollingScenarios,
  ...resourceScenarios,
  ...standbyScenarios,
  ...soakScenarios,
].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
