import type { orgEn } from './org_en'

export const orgDe: Record<keyof typeof orgEn, string> = {
  'deleted.action': 'Wiederherstellen',
  'deleted.action_of': '{{organization}} wiederherstellen',
  'deleted.done': '{{organization}} ist wieder da.',
  'deleted.lead': 'Sie gehören Ihnen und sind nach Ablauf der Frist endgültig weg.',
  'deleted.title': 'Werden gelöscht',
  'deleted.until': 'Endgültig weg',

  'end.delete': 'Diese Organisation löschen',
  'end.delete_done': '{{organization}} wird gelöscht.',
  'end.delete_not': 'Nur wem sie gehört.',
  'end.delete_text': 'Sie gehört sofort niemandem mehr, und nichts von ihr läuft. 30 Tage lang können Sie sie mit ihren Volumes wiederherstellen, danach ist sie endgültig weg.',
  'end.leave': 'Aus dieser Organisation austreten',
  'end.leave_done': 'Sie sind aus {{organization}} ausgetreten.',
  'end.leave_not': 'Wem sie gehört, kann nicht austreten: Erst geht sie an jemand anderen über.',
  'end.leave_text': 'Ihre Rollen enden, und Ihr Platz wird frei. Was Sie bereitgestellt haben, bleibt bei seinem Team.',
  'end.title': 'Austreten oder löschen',

  'offers.by_offer': 'Inhaberschaft anbieten',
  'offers.by_offer_lead': 'Die Person hat 24 Stunden, um anzunehmen; dann kommen Sie in die Verwaltung. Bis dahin ändert sich nichts. Sie bekommen beide eine Mail.',
  'offers.done_accept': 'Die Organisation gehört jetzt Ihnen.',
  'offers.done_cancel': 'Das Angebot ist zurückgezogen.',
  'offers.done_decline': 'Das Angebot ist abgelehnt.',
  'offers.made': 'Die Inhaberschaft ist angeboten.',
  'offers.sure': 'Die Organisation übernehmen?',
  'offers.sure_text': 'Sie gehört dann sofort Ihnen; wem sie jetzt gehört, der kommt in die Verwaltung. Abgeben können Sie sie nur durch ein eigenes Angebot.',
  'offers.to': 'E-Mail-Adresse eines Mitglieds',
}
