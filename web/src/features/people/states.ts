// Of invitations, as the list of them is narrowed in the address.
export const states = ['pending', 'accepted', 'declined', 'revoked', 'expired', 'all'] as const
export type State = (typeof states)[number]
