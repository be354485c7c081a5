import type { BeginMailRow } from '../../generated/queries.ts'
import type { Queryable } from '../db/database.ts'
import type { MailKind } from '../domain/mails/outbox.ts'
import type { ComposedMail, DropReason, MailComposer, WriteMail } from './composer.ts'
import { composeAccountDeleted } from './kinds/accountDeleted.ts'
import { composeActivation } from './kinds/activation.ts'
import { composeConfirmEmail } from './kinds/confirmEmail.ts'
import { composeEmailChanged } from './kinds/emailChanged.ts'
import { composeEmailChangeUndone } from './kinds/emailChangeUndone.ts'
import { composeInvitation } from './kinds/invitation.ts'
import { composeNewDevice } from './kinds/newDevice.ts'
import { composeNewDevices } from './kinds/newDevices.ts'
import { composePasswordChanged } from './kinds/passwordChanged.ts'
import { composeRestore } from './kinds/restore.ts'

const composers: Record<MailKind | 'account_deleted', MailComposer> = {
  activation: composeActivation,
  restore: composeRestore,
  invitation: composeInvitation,
  password_changed: composePasswordChanged,
  confirm_email: composeConfirmEmail,
  email_changed: composeEmailChanged,
  email_change_undone: composeEmailChangeUndone,
  new_device: composeNewDevice,
  new_devices: composeNewDevices,
  account_deleted: composeAccountDeleted,
}

const isKnown = (kind: string): kind is keyof typeof composers => Object.hasOwn(composers, kind)

/**
 * Decides what a queued mail says and to whom it goes. The worker decides this and not the handler of the request, so
 * that a request takes the same time for email addresses with and without an account.
 * @returns the mail, or the reason for which no mail is to be sent
 */
export async function composeMail(
  db: Queryable,
  mail: BeginMailRow,
  write: WriteMail,
): Promise<ComposedMail | DropReason> {
  if (!isKnown(mail.kind)) throw new Error(`No mail is known for the kind ${mail.kind}`)
  return composers[mail.kind](db, mail, write)
}
