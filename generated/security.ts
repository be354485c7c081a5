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
  "createToken": [],
  "refreshToken": [],
  "verifyToken": [],
  "revokeToken": [],
  "listLoginLogs": [
    "bearer"
  ],
  "getJwks": [],
  "getLiveness": [],
  "getReadiness": [],
  "getContract": [],
  "getContractJson": []
} as const

/** The parameters that arrive with their default where a request leaves them out. */
export type DefaultedParameters = {
  listLoginLogs: 'ordering' | 'page_size'
}
