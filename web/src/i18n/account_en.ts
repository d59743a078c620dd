export const accountEn = {
  'account.mails': 'Language of mails to you',
  'account.name_hint': 'Everybody in your organizations sees it.',
} as const
