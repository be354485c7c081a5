import { activateUser } from './activateUser.ts'
import { confirmActivation } from './confirmActivation.ts'
import { createToken } from './createToken.ts'
import { forgotPassword } from './forgotPassword.ts'
import { getContract } from './getContract.ts'
import { getContractJson } from './getContractJson.ts'
import { getJwks } from './getJwks.ts'
import { getLiveness } from './getLiveness.ts'
import { getMe } from './getMe.ts'
import { getReadiness } from './getReadiness.ts'
import { listLoginLogs } from './listLoginLogs.ts'
import { refreshToken } from './refreshToken.ts'
import { registerUser } from './registerUser.ts'
import { resendActivation } from './resendActivation.ts'
import { restorePassword } from './restorePassword.ts'
import { revokeToken } from './revokeToken.ts'
import { updateMe } from './updateMe.ts'
import { verifyToken } from './verifyToken.ts'
import type { Handlers } from './context.ts'

/** The protocol's table of contents: an operation of openapi.yaml without a handler here does not compile. */
export const handlers: Handlers = {
  activateUser,
  confirmActivation,
  createToken,
  forgotPassword,
  getContract,
  getContractJson,
  getJwks,
  getLiveness,
  getMe,
  getReadiness,
  listLoginLogs,
  refreshToken,
  registerUser,
  resendActivation,
  restorePassword,
  revokeToken,
  updateMe,
  verifyToken,
}
