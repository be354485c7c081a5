import { registerUser } from './registerUser.ts'
import { activateUser } from './activateUser.ts'
import { confirmActivation } from './confirmActivation.ts'
import { resendActivation } from './resendActivation.ts'
import { forgotPassword } from './forgotPassword.ts'
import { restorePassword } from './restorePassword.ts'
import { getMe } from './getMe.ts'
import { updateMe } from './updateMe.ts'
import { changePassword } from './changePassword.ts'
import { changeEmail } from './changeEmail.ts'
import { exportMe } from './exportMe.ts'
import { deleteMe } from './deleteMe.ts'
import { confirmEmail } from './confirmEmail.ts'
import { undoEmailChange } from './undoEmailChange.ts'
import { listUsers } from './listUsers.ts'
import { createUser } from './createUser.ts'
import { getUser } from './getUser.ts'
import { updateUser } from './updateUser.ts'
import { deleteUser } from './deleteUser.ts'
import { revokeUserSessions } from './revokeUserSessions.ts'
import { listUserSessions } from './listUserSessions.ts'
import { revokeUserSession } from './revokeUserSession.ts'
import { listLimits } from './listLimits.ts'
import { listLockedUsers } from './listLockedUsers.ts'
import { listLockouts } from './listLockouts.ts'
import { liftLockouts } from './liftLockouts.ts'
import { listMails } from './listMails.ts'
import { retryMail } from './retryMail.ts'
import { discardMail } from './discardMail.ts'
import { listSuppressedAddresses } from './listSuppressedAddresses.ts'
import { unsuppressAddress } from './unsuppressAddress.ts'
import { listSigningKeys } from './listSigningKeys.ts'
import { createToken } from './createToken.ts'
import { refreshToken } from './refreshToken.ts'
import { verifyToken } from './verifyToken.ts'
import { revokeToken } from './revokeToken.ts'
import { listSessions } from './listSessions.ts'
import { revokeSessions } from './revokeSessions.ts'
import { revokeSession } from './revokeSession.ts'
import { listLoginLogs } from './listLoginLogs.ts'
import { listSecurityEvents } from './listSecurityEvents.ts'
import { getSignInStatistics } from './getSignInStatistics.ts'
import { getDiscovery } from './getDiscovery.ts'
import { getJwks } from './getJwks.ts'
import { getLiveness } from './getLiveness.ts'
import { getReadiness } from './getReadiness.ts'
import { getContract } from './getContract.ts'
import { getContractJson } from './getContractJson.ts'
import type { Handlers } from './context.ts'

/**
 * The handlers in the order of the contract. If an operation of openapi.yaml has no handler, this object does not
 * compile.
 */
export const handlers: Handlers = {
  // users
  registerUser,
  activateUser,
  confirmActivation,
  resendActivation,
  forgotPassword,
  restorePassword,
  getMe,
  updateMe,
  changePassword,
  changeEmail,
  exportMe,
  deleteMe,
  confirmEmail,
  undoEmailChange,

  // administration
  listUsers,
  createUser,
  getUser,
  updateUser,
  deleteUser,
  revokeUserSessions,
  listUserSessions,
  revokeUserSession,
  listLimits,
  listLockedUsers,
  listLockouts,
  liftLockouts,
  listMails,
  retryMail,
  discardMail,
  listSuppressedAddresses,
  unsuppressAddress,
  listSigningKeys,

  // auth
  createToken,
  refreshToken,
  verifyToken,
  revokeToken,
  listSessions,
  revokeSessions,
  revokeSession,

  // logs
  listLoginLogs,
  listSecurityEvents,
  getSignInStatistics,

  // service
  getJwks,
  getDiscovery,
  getLiveness,
  getReadiness,
  getContract,
  getContractJson,
}
