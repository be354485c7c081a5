import { activateUser } from './activateUser.ts'
import { changeEmail } from './changeEmail.ts'
import { changePassword } from './changePassword.ts'
import { confirmActivation } from './confirmActivation.ts'
import { confirmEmail } from './confirmEmail.ts'
import { createToken } from './createToken.ts'
import { createUser } from './createUser.ts'
import { deleteMe } from './deleteMe.ts'
import { deleteUser } from './deleteUser.ts'
import { exportMe } from './exportMe.ts'
import { forgotPassword } from './forgotPassword.ts'
import { getContract } from './getContract.ts'
import { getContractJson } from './getContractJson.ts'
import { getJwks } from './getJwks.ts'
import { getLiveness } from './getLiveness.ts'
import { getMe } from './getMe.ts'
import { getReadiness } from './getReadiness.ts'
import { getUser } from './getUser.ts'
import { listLoginLogs } from './listLoginLogs.ts'
import { listSecurityEvents } from './listSecurityEvents.ts'
import { listSessions } from './listSessions.ts'
import { listUsers } from './listUsers.ts'
import { refreshToken } from './refreshToken.ts'
import { registerUser } from './registerUser.ts'
import { resendActivation } from './resendActivation.ts'
import { restorePassword } from './restorePassword.ts'
import { revokeSession } from './revokeSession.ts'
import { revokeSessions } from './revokeSessions.ts'
import { revokeToken } from './revokeToken.ts'
import { revokeUserSessions } from './revokeUserSessions.ts'
import { undoEmailChange } from './undoEmailChange.ts'
import { updateMe } from './updateMe.ts'
import { updateUser } from './updateUser.ts'
import { verifyToken } from './verifyToken.ts'
import type { Handlers } from './context.ts'

/** The protocol's table of contents: an operation of openapi.yaml without a handler here does not compile. */
export const handlers: Handlers = {
  activateUser,
  changeEmail,
  changePassword,
  confirmActivation,
  confirmEmail,
  createToken,
  createUser,
  deleteMe,
  deleteUser,
  exportMe,
  forgotPassword,
  getContract,
  getContractJson,
  getJwks,
  getLiveness,
  getMe,
  getReadiness,
  getUser,
  listLoginLogs,
  listSecurityEvents,
  listSessions,
  listUsers,
  refreshToken,
  registerUser,
  resendActivation,
  restorePassword,
  revokeSession,
  revokeSessions,
  revokeToken,
  revokeUserSessions,
  undoEmailChange,
  updateMe,
  updateUser,
  verifyToken,
}
