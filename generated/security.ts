// Generated from openapi.yaml by npm run generate. Do not edit.
export const operationSecurity = {
  "registerUser": [],
  "activateUser": [],
  "confirmActivation": [],
  "resendActivation": [],
  "forgotPassword": [],
  "restorePassword": [],
  "getMe": [
    "bearer"
  ],
  "updateMe": [
    "bearer"
  ],
  "changePassword": [
    "bearer"
  ],
  "changeEmail": [
    "bearer"
  ],
  "exportMe": [
    "bearer"
  ],
  "deleteMe": [
    "bearer"
  ],
  "confirmEmail": [],
  "undoEmailChange": [],
  "listUsers": [
    "bearer"
  ],
  "createUser": [
    "bearer"
  ],
  "getUser": [
    "bearer"
  ],
  "updateUser": [
    "bearer"
  ],
  "deleteUser": [
    "bearer"
  ],
  "revokeUserSessions": [
    "bearer"
  ],
  "listUserSessions": [
    "bearer"
  ],
  "revokeUserSession": [
    "bearer"
  ],
  "listLockouts": [
    "bearer"
  ],
  "liftLockouts": [
    "bearer"
  ],
  "listMails": [
    "bearer"
  ],
  "retryMail": [
    "bearer"
  ],
  "discardMail": [
    "bearer"
  ],
  "listSuppressedAddresses": [
    "bearer"
  ],
  "unsuppressAddress": [
    "bearer"
  ],
  "listLockedUsers": [
    "bearer"
  ],
  "listLimits": [
    "bearer"
  ],
  "listSigningKeys": [
    "bearer"
  ],
  "createToken": [],
  "refreshToken": [],
  "verifyToken": [],
  "revokeToken": [],
  "listSessions": [
    "bearer"
  ],
  "revokeSessions": [
    "bearer"
  ],
  "revokeSession": [
    "bearer"
  ],
  "listLoginLogs": [
    "bearer"
  ],
  "listSecurityEvents": [
    "bearer"
  ],
  "getSignInStatistics": [
    "bearer"
  ],
  "getJwks": [],
  "getDiscovery": [],
  "getLiveness": [],
  "getReadiness": [],
  "getContract": [],
  "getContractJson": []
} as const

/** The parameters that get their default value if a request leaves them out. */
export type DefaultedParameters = {
  listUsers: 'ordering' | 'page_size'
  listUserSessions: 'page_size'
  listMails: 'page_size'
  listSuppressedAddresses: 'page_size'
  listSessions: 'page_size'
  listLoginLogs: 'ordering' | 'page_size'
  listSecurityEvents: 'ordering' | 'page_size'
  getSignInStatistics: 'period'
}
