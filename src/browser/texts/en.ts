/** The texts that all pages use, in English. Names in double braces are replaced by values. */
export const en = {
  email: 'Email address',
  password: 'Password',
  newPassword: 'New password',
  currentPassword: 'Current password',
  showPassword: 'Show the password',
  passwordRules:
    'At least {{minimum}} characters. A few words in a row are easy to remember and hard to guess. Common passwords are not accepted, nor is your email address.',
  signIn: 'Sign in',
  continue: 'Continue to {{product}}',
  loading: 'Loading …',
  working: 'One moment …',
  tryAgain: 'Try again',
  signInPage: {
    title: 'Sign in',
    button: 'Sign in',
    forgot: 'Forgot your password?',
    noAccount: 'New here?',
    register: 'Create an account',
    notActivated: 'No activation email?',
    deleted: 'Your account and its data are deleted.',
    signedOut: 'You are signed out.',
  },
  cookies: {
    blocked:
      'Your browser blocks the cookies of this page, and without them you cannot sign in. Please allow cookies for this page in the settings of your browser, and try again.',
    insecure:
      'Your browser does not keep you signed in, because the connection is not encrypted. Please open this page with https.',
  },
  registerPage: {
    title: 'Create an account',
    button: 'Create my account',
    hasAccount: 'Already have an account?',
    accept: 'By creating an account, you accept the {{terms}}.',
    terms: 'terms of use',
  },
  forgotPage: {
    title: 'Forgot your password?',
    text: 'Enter your email address, and we will send you a link to set a new password.',
    button: 'Send the link',
  },
  resendPage: {
    title: 'Get a new activation link',
    text: 'Enter the email address that you have registered, and we will send you a link to finish.',
    button: 'Send the link',
  },
  sent: {
    title: 'Check your mail',
    register: 'We have sent an email to {{email}}. Open the link in it to activate your account.',
    mail: 'If {{email}} belongs to an account, a link is on its way there.',
    wait: 'This can take a few minutes. Please look in your spam folder, too.',
    again: 'Send it again',
    sentAgain: 'We have sent another email.',
    other: 'Use another address',
  },
  fields: {
    required: 'Please fill in this field.',
    email: 'Please enter an email address, such as name@example.com.',
    undeliverable: 'Our mail server cannot send to this address. Please use another one.',
    email_taken: 'Another user has this address.',
    ip_address: 'Please enter a whole IP address, such as 192.0.2.1.',
    unchanged: 'This is your address already.',
    current_password: 'The current password is wrong.',
    password_too_short: 'This password is too short: it must have at least {{minimum}} characters.',
    password_too_common: 'This password is common and easy to guess. Please choose another one.',
    password_too_personal:
      'This password is easy to guess: it consists only of your email address, the name of the service, digits and symbols.',
    max_length: 'This is too long.',
    other: 'This contains a character that is not allowed here.',
  },
  problems: {
    no_active_account: 'The email address or the password is wrong, or the account is not activated.',
    throttled: 'There were too many attempts. Please try again {{when}}.',
    unavailable: 'The service is not available at the moment. Please try again in a few seconds.',
    offline: 'You seem to be offline. Please check your connection, and try again.',
    precondition_failed:
      'These data were changed in another window. Save again to replace them, or load the page again to see them.',
    permission_denied: 'This needs the rights of an administrator, which you do not have any more.',
    not_found: 'This does not exist any more.',
    last_superuser: 'This is the last administrator. Make another user an administrator first.',
    mail_not_pending: 'This email was sent or discarded in the meantime, or is being sent.',
    other: 'This did not work. Please try again. If it happens again, tell us this number: {{id}}.',
  },
}

export type Texts = typeof en
