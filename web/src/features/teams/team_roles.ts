// The weakest first, which is what every form starts with.
export const teamRoles = ['viewer', 'developer', 'team_admin'] as const
export type TeamRole = (typeof teamRoles)[number]
