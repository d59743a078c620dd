import type { accountEn } from './account_en'

export const accountDe: Record<keyof typeof accountEn, string> = {
  'account.mails': 'Sprache der Mails an Sie',
  'account.name_hint': 'Alle in Ihren Organisationen sehen ihn.',
}
