export const orgEn = {
  'deleted.action': 'Restore',
  'deleted.action_of': 'Restore {{organization}}',
  'deleted.done': '{{organization}} is back.',
  'deleted.lead': 'Yours, and gone for good when their time is up.',
  'deleted.title': 'Being deleted',
  'deleted.until': 'Gone for good',

  'end.delete': 'Delete this organization',
  'end.delete_done': '{{organization}} is being deleted.',
  'end.delete_not': 'Only its owner can.',
  'end.delete_text': 'At once it is nobody’s, and nothing of it runs. For 30 days you can restore it with its volumes; after that it is gone for good.',
  'end.leave': 'Leave this organization',
  'end.leave_done': 'You have left {{organization}}.',
  'end.leave_not': 'Its owner cannot leave: ownership passes to somebody else first.',
  'end.leave_text': 'Your roles end and your seat is freed. What you have deployed stays with its team.',
  'end.title': 'Leave or delete',

  'offers.by_offer': 'Offer ownership',
  'offers.by_offer_lead': 'The person has 24 hours to accept, and you become an administrator then. Until then nothing changes. Mails go to both of you.',
  'offers.made': 'Ownership is offered.',
  'offers.to': 'E-mail address of a member',
} as const
