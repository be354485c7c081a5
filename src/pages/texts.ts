const en = {
  activate: {
    title: 'Confirm your address',
    text: 'One click, and your account is ready to use.',
    button: 'Activate my account',
    done: 'Your account is active. You can sign in now.',
    superseded:
      'Your account is already active. You can sign in now. If you did not choose its password yourself, use password recovery to set a new one.',
    dead: 'This link does not work any more. It may have been used already, have expired, or not have been copied completely. Please request a new one.',
  },
  confirmEmail: {
    title: 'Confirm your new address',
    text: 'One click, and your account uses this address: you sign in with it, and our emails go to it.',
    button: 'Use this address',
    done: 'The address is changed. From now on, sign in with the new one.',
    confirmedAgain:
      'The address is confirmed. The account can be taken back from its previous address until {{time}}, and no longer after that.',
    confirmedForGood: 'The address is confirmed. The account can no longer be taken back from its previous address.',
    dead: 'This link does not work any more. It may have been used already, have expired, or not have been copied completely. If you cannot sign in with the new address yet, please request the change again.',
  },
  undoEmail: {
    title: 'Take your account back',
    text: 'Did someone else change the email address of your account? One click restores this address, ends all sessions and cancels the password. We then email you a link to set a new one.',
    button: 'Restore the old address',
    done: 'Your address is restored, and all sessions have ended. We have sent you a link to set a new password.',
    dead: 'This link does not work any more. It may have been used already, have expired, or not have been copied completely. If you have used it, check your inbox for a link to set a new password.',
  },
  restoreTitle: 'Set a new password',
  password: 'New password',
  passwordConfirm: 'Repeat the new password',
  restoreButton: 'Set the password',
  restored: 'The new password is set, and all sessions have ended. You can sign in now.',
  incomplete:
    'This link is incomplete: its code is missing. Some programs cut long links. Please open the link from the email again, or copy all of it.',
  code_invalid:
    'This link does not work any more. It may have been used already, have expired, or not have been copied completely. Please request a new one.',
  password_too_short: 'This password is too short.',
  password_too_common: 'This password is too common and easy to guess. Please choose another one.',
  password_too_personal:
    'This password is too easy to guess: it consists only of your email address, the name of the service, digits and symbols.',
  password_mismatch: 'The two passwords do not match.',
  invalid: 'This password cannot be used: it is empty, too long, or contains a character that is not allowed.',
  reference: 'API reference',
  unavailable: 'The service is not available at the moment. Please try again in a few seconds.',
}

export type Texts = typeof en

const ru: Texts = {
  activate: {
    title: 'Подтвердите адрес',
    text: 'Одно нажатие — и учётной записью можно пользоваться.',
    button: 'Активировать учётную запись',
    done: 'Учётная запись активна. Теперь можно войти.',
    superseded:
      'Учётная запись уже активна. Теперь можно войти. Если её пароль задали не вы, задайте новый через восстановление пароля.',
    dead: 'Эта ссылка больше не работает: она уже использована, устарела или скопирована не полностью. Запросите новую.',
  },
  confirmEmail: {
    title: 'Подтвердите новый адрес',
    text: 'Одно нажатие — и у вашей учётной записи будет этот адрес: с ним вы будете входить, на него будут приходить наши письма.',
    button: 'Использовать этот адрес',
    done: 'Адрес изменён. Теперь входите с новым адресом.',
    confirmedAgain:
      'Адрес подтверждён. Вернуть учётную запись на прежний адрес можно до {{time}}, а после этого уже нельзя.',
    confirmedForGood: 'Адрес подтверждён. Вернуть учётную запись на прежний адрес больше нельзя.',
    dead: 'Эта ссылка больше не работает: она уже использована, устарела или скопирована не полностью. Если войти с новым адресом пока не получается, запросите изменение ещё раз.',
  },
  undoEmail: {
    title: 'Верните свою учётную запись',
    text: 'Кто-то другой изменил адрес вашей учётной записи? Одно нажатие восстановит этот адрес, завершит все сеансы и отменит пароль. Затем мы пришлём вам ссылку, чтобы задать новый.',
    button: 'Восстановить прежний адрес',
    done: 'Прежний адрес восстановлен, все сеансы завершены. Мы отправили вам ссылку, чтобы задать новый пароль.',
    dead: 'Эта ссылка больше не работает: она уже использована, устарела или скопирована не полностью. Если вы ею уже воспользовались, проверьте почту: там есть ссылка, чтобы задать новый пароль.',
  },
  restoreTitle: 'Новый пароль',
  password: 'Новый пароль',
  passwordConfirm: 'Повторите новый пароль',
  restoreButton: 'Сохранить пароль',
  restored: 'Новый пароль сохранён, все сеансы завершены. Теперь можно войти.',
  incomplete:
    'Эта ссылка неполная: в ней нет кода. Некоторые программы обрезают длинные ссылки. Откройте ссылку из письма ещё раз или скопируйте её полностью.',
  code_invalid:
    'Эта ссылка больше не работает: она уже использована, устарела или скопирована не полностью. Запросите новую.',
  password_too_short: 'Этот пароль слишком короткий.',
  password_too_common: 'Этот пароль слишком распространён, его легко подобрать. Придумайте другой.',
  password_too_personal:
    'Этот пароль легко подобрать: он состоит только из вашего адреса, названия сервиса, цифр и знаков.',
  password_mismatch: 'Пароли не совпадают.',
  invalid: 'Этот пароль не подходит: он пустой, слишком длинный или содержит недопустимый символ.',
  reference: 'Справочник API',
  unavailable: 'Сервис сейчас недоступен. Попробуйте ещё раз через несколько секунд.',
}

export const texts = { en, ru }
