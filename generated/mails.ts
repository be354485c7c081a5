// Generated from src/mail/templates/ by npm run generate. Do not edit.
export const mailLanguages = ['en', 'ru'] as const

export const mailNames = ['accountDeleted', 'accountExists', 'activation', 'confirmEmail', 'confirmEmailAgain', 'emailChangeUndone', 'emailChanged', 'invitation', 'newDevice', 'newDevices', 'passwordChanged', 'restore', 'signUp'] as const

/** Each mail and the values that only this mail needs. */
export type Mails = {
  accountDeleted: { time: string }
  accountExists: Record<never, never>
  activation: { device: string; ipAddress: string; link: string; time: string }
  confirmEmail: { link: string; time: string }
  confirmEmailAgain: { link: string; time: string }
  emailChangeUndone: { time: string }
  emailChanged: { link: string; time: string }
  invitation: { link: string }
  newDevice: { device: string; ipAddress: string; time: string }
  newDevices: Record<never, never>
  passwordChanged: { time: string }
  restore: { link: string }
  signUp: { link: string }
}
