/** The texts of pages in English. Names in double braces are replaced by values. */
export const en = {
  error: 'Error: {{title}}',
  needsJavaScript: 'This page needs JavaScript. Please switch it on in your browser, and load the page again.',
  thisAddress: 'this address',
  signIn: 'Sign in',
  continue: 'Continue to {{product}}',
  recover: 'Recover the password',
  activate: {
    title: 'Confirm your email address',
    text: 'One click, and your account at {{product}} is ready to use.',
    button: 'Activate my account',
    done: { title: 'Your account is active', text: 'You can sign in now.' },
  },
  superseded: {
    title: 'Your account is already active',
    text: 'You can sign in now. If you did not choose its password yourself, use password recovery to set a new one.',
  },
  confirmEmail: {
    title: 'Confirm your new email address',
    text: 'One click, and your account at {{product}} uses {{email}}: you sign in with it, and our emails go to it.',
    button: 'Use this address',
    done: { title: 'Your email address is changed', text: 'From now on, sign in with {{email}}.' },
  },
  confirmedAgain: {
    title: 'Your email address is confirmed',
    text: 'The account can be taken back from its previous address until {{time}}, and no longer after that.',
  },
  confirmedForGood: {
    title: 'Your email address is confirmed',
    text: 'The account can no longer be taken back from its previous address.',
  },
  undoEmail: {
    title: 'Take your account back',
    text: 'Did someone else change the email address of your account at {{product}}? One click makes {{email}} its address again, ends all sessions and cancels the password. We then email you a link to set a new one.',
    button: 'Restore the old address',
    done: {
      title: 'Your email address is restored',
      text: 'All sessions have ended. Now check your mail: we have sent {{email}} a link to set a new password.',
    },
  },
  restore: {
    title: 'Set a new password',
    text: 'Choose a new password for your account at {{product}}.',
    button: 'Set the password',
    done: { title: 'Your new password is set', text: 'All sessions have ended. Sign in with the new password now.' },
  },
  dead: {
    incomplete: {
      title: 'This link is incomplete',
      text: 'Its code is missing. Some programs cut long links. Please open the link from the email again, or copy all of it.',
    },
    unknown: {
      title: 'This link does not work',
      text: 'It may be too old, a newer email may have replaced it, or it was not copied completely. If you have several emails from us, use the newest one.',
    },
    expired: {
      title: 'This link has expired',
      text: 'For your security, the links in our emails work only for a limited time.',
    },
    used: { title: 'This link has already been used', text: 'Each link in our emails works only once.' },
    suspended: {
      title: 'Your account is suspended',
      text: 'An administrator of {{product}} has suspended it. Please ask them if you think that this is a mistake.',
    },
  },
  repeatChange: 'If you still want to change your email address, sign in and request the change again.',
  newLink: {
    title: 'Get a new link',
    text: 'Enter your email address, and we will send you a new one.',
    noMail: 'No email? Enter your address, and we will send you another link.',
    button: 'Send a new link',
    sent: {
      title: 'Check your mail',
      text: 'If {{email}} belongs to an account, a new link is on its way there. This can take a few minutes. Please look in your spam folder, too.',
    },
  },
  email: 'Email address',
  password: 'New password',
  passwordConfirm: 'Repeat the new password',
  passwordRules:
    'At least {{minimum}} characters. A few words in a row are easy to remember and hard to guess. Common passwords are not accepted, nor is your email address.',
  fields: {
    email: 'Please enter an email address, such as name@example.com.',
    password_missing: 'Please enter a password.',
    password_too_long: 'This password is too long.',
    password_invalid: 'This password contains a character that is not allowed.',
    password_too_short: 'This password is too short: it must have at least {{minimum}} characters.',
    password_too_common: 'This password is common and easy to guess. Please choose another one.',
    password_too_personal:
      'This password is easy to guess: it consists only of your email address, the name of the service, digits and symbols.',
    password_mismatch: 'The two passwords do not match.',
  },
  problems: {
    not_found: {
      title: 'This page does not exist',
      text: 'The address may be mistyped, or the link may have been cut.',
    },
    uri_too_long: {
      title: 'This address is too long',
      text: 'The link may have been damaged. Please open it from the email again.',
    },
    throttled: { title: 'Too many attempts', text: 'There were too many attempts. Please try again {{when}}.' },
    unavailable: {
      title: 'Not available at the moment',
      text: 'The service is not available at the moment. Please try again in a few seconds.',
    },
    internal: {
      title: 'Something went wrong',
      text: 'This is our mistake, not yours. Please try again. If it happens again, tell us this number: {{requestId}}.',
    },
    invalid: {
      title: 'This did not work',
      text: 'The request could not be understood. Please open the link from the email again.',
    },
  },
  reference: 'API reference',
  terms: 'Terms of use',
  privacy: 'Privacy policy',
}

export type Texts = typeof en
