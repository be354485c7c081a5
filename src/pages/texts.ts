const en = {
  activateTitle: 'Confirm your address',
  activateText: 'One click, and your account is active.',
  activateButton: 'Activate my account',
  activated: 'Your account is active. You can sign in now.',
  restoreTitle: 'Set a new password',
  password: 'New password',
  passwordConfirm: 'The same once more',
  restoreButton: 'Set the password',
  restored: 'The new password is set, and all sessions have ended. You can sign in with it now.',
  code_invalid:
    'This link does not work any more: it was used, it is too old, or it was not copied whole. Ask for a new one.',
  password_too_short: 'The password is too short.',
  password_mismatch: 'The two passwords differ.',
  invalid: 'The password cannot be used: it is empty, too long, or has a character that is not text.',
  unavailable: 'The service cannot answer at the moment. Try again in a few seconds.',
}

export type Texts = typeof en

const ru: Texts = {
  activateTitle: 'Подтвердите адрес',
  activateText: 'Одно нажатие — и учётная запись активна.',
  activateButton: 'Активировать учётную запись',
  activated: 'Учётная запись активна. Теперь можно войти.',
  restoreTitle: 'Новый пароль',
  password: 'Новый пароль',
  passwordConfirm: 'Ещё раз тот же пароль',
  restoreButton: 'Сохранить пароль',
  restored: 'Новый пароль сохранён, все сеансы завершены. Теперь можно войти с ним.',
  code_invalid:
    'Эта ссылка больше не работает: она использована, устарела или скопирована не целиком. Запросите новую.',
  password_too_short: 'Пароль слишком короткий.',
  password_mismatch: 'Пароли не совпадают.',
  invalid: 'Этот пароль не подходит: он пустой, слишком длинный или содержит недопустимый символ.',
  unavailable: 'Сервис сейчас не отвечает. Попробуйте через несколько секунд.',
}

export const texts = { en, ru }
