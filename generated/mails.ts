// Generated from src/mail/templates/ by npm run generate. Do not edit.
export const mailLanguages = ['en', 'ru'] as const

/** Each mail and the values its text needs. */
export type Mails = {
  accountDeleted: { service: string; time: string }
  accountExists: { service: string }
  activation: { device: string; ipAddress: string; link: string; service: string; time: string }
  confirmEmail: { link: string; service: string; time: string }
  confirmEmailAgain: { link: string; service: string; time: string }
  emailChangeUndone: { service: string; time: string }
  emailChanged: { link: string; service: string; time: string }
  invitation: { link: string; service: string }
  newDevice: { device: string; ipAddress: string; service: string; time: string }
  newDevices: { service: string }
  passwordChanged: { service: string; time: string }
  restore: { link: string; service: string }
  signUp: { link: string; service: string }
}
