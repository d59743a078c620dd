import { deploymentEn } from './deployment_en'
import { deploymentsEn } from './deployments_en'
import { teamsEn } from './teams_en'

// What only pages of who is signed in say. It comes with the first of them.
export const appEn = {
  ...deploymentEn,
  ...deploymentsEn,
  ...teamsEn,
} as const
