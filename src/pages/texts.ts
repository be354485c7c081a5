const en = {
  activate: {
    title: 'Confirm your address',
    text: 'One click, and your account is active.',
    button: 'Activate my account',
    done: 'Your account is active. You can sign in now.',
    superseded:
      'Your account is already active. You can sign in now. If you did not set its password yourself, set a new one by password recovery.',
    dead: 'This link no longer works: it was used, it has expired, or it was not copied whole. Request a new one.',
  },
  confirmEmail: {
    title: 'Confirm your new address',
    text: 'One click, and this is the address of your account: you sign in with it, and we send our mails to it.',
    button: 'Use this address',
    done: 'The address is changed. Sign in with the new one from now on.',
    confirmedAgain: 'The address is confirmed. The former one can take the account back until {{time}}, and not later.',
    confirmedForGood: 'The address is confirmed. The former one can no longer take the account back.',
    dead: 'This link no longer works: it was used, it has expired, or it was not copied whole. If you cannot sign in with the new address yet, request the change again.',
  },
  undoEmail: {
    title: 'Take your account back',
    text: 'Did someone else change the address of your account? One click restores the old address, ends all sessions and cancels the password. Then we mail you a link to set a new one.',
    button: 'Restore the old address',
    done: 'The old address is restored, and all sessions have ended. We have mailed it a link to set a new password.',
    dead: 'This link no longer works: it was used, it has expired, or it was not copied whole. If you have used it, we have mailed you a link to set a new password.',
  },
  restoreTitle: 'Set a new password',
  password: 'New password',
  passwordConfirm: 'Repeat the new password',
  restoreButton: 'Set the password',
  restored: 'The new password is set, and all sessions have ended. You can sign in with it now.',
  incomplete:
    'This link is incomplete: its code is missing. Open it from the mail again, or copy all of it: some programs cut long links.',
  code_invalid:
    'This link no longer works: it was used, it has expired, or it was not copied whole. Request a new one.',
  password_too_short: 'The password is too short.',
  password_too_common: 'This password is one of the common ones, which attackers guess first.',
  password_too_personal:
    'The password must be more than your email address, the name of the service, digits and punctuation.',
  password_mismatch: 'The two passwords differ.',
  invalid: 'This password cannot be used: it is empty, too long, or has an invalid character.',
  unavailable: 'The service is not available at the moment. Try again in a few seconds.',
}

export type Texts = typeof en

const ru: Texts = {
  activate: {
    title: 'Подтвердите адрес',
    text: 'Одно нажатие — и учётная запись активна.',
    button: 'Активировать учётную запись',
    done: 'Учётная запись активна. Теперь можно войти.',
    superseded:
      'Учётная запись уже активна. Можно войти. Если её пароль задали не вы, запросите новый через восстановление пароля.',
    dead: 'Эта ссылка больше не работает: она использована, устарела или скопирована не целиком. Запросите новую.',
  },
  confirmEmail: {
    title: 'Подтвердите новый адрес',
    text: 'Одно нажатие — и это адрес вашей учётной записи: с ним вы входите, на него приходят наши письма.',
    button: 'Использовать этот адрес',
    done: 'Адрес изменён. Теперь входите с новым.',
    confirmedAgain: 'Адрес подтверждён. Вернуть учётную запись на прежний адрес можно до {{time}}, не позже.',
    confirmedForGood: 'Адрес подтверждён. Вернуть учётную запись на прежний адрес больше нельзя.',
    dead: 'Эта ссылка больше не работает: она использована, устарела или скопирована не целиком. Если войти с новым адресом пока нельзя, запросите изменение ещё раз.',
  },
  undoEmail: {
    title: 'Верните свою учётную запись',
    text: 'Кто-то другой изменил адрес вашей учётной записи? Одно нажатие восстановит прежний адрес, завершит все сеансы и отменит пароль. Затем мы пришлём вам ссылку, чтобы задать новый.',
    button: 'Восстановить прежний адрес',
    done: 'Прежний адрес восстановлен, все сеансы завершены. Ссылка, чтобы задать новый пароль, отправлена на него.',
    dead: 'Эта ссылка больше не работает: она использована, устарела или скопирована не целиком. Если вы ею уже воспользовались, вам пришло письмо со ссылкой, чтобы задать новый пароль.',
  },
  restoreTitle: 'Новый пароль',
  password: 'Новый пароль',
  passwordConfirm: 'Ещё раз тот же пароль',
  restoreButton: 'Сохранить пароль',
  restored: 'Новый пароль сохранён, все сеансы завершены. Теперь можно войти с ним.',
  incomplete:
    'Эта ссылка неполная: в ней нет кода. Откройте её из письма ещё раз или скопируйте целиком, до конца: некоторые программы обрезают длинные ссылки.',
  code_invalid:
    'Эта ссылка больше не работает: она использована, устарела или скопирована не целиком. Запросите новую.',
  password_too_short: 'Пароль слишком короткий.',
  password_too_common: 'Это один из распространённых паролей: их подбирают первыми.',
  password_too_personal: 'Пароль не должен состоять только из вашего адреса, названия сервиса, цифр и знаков.',
  password_mismatch: 'Пароли не совпадают.',
  invalid: 'Этот пароль не подходит: он пустой, слишком длинный или содержит недопустимый символ.',
  unavailable: 'Сервис сейчас не отвечает. Попробуйте через несколько секунд.',
}

export const texts = { en, ru }
