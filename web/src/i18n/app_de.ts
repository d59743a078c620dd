import type { appEn } from './app_en'
import { deploymentDe } from './deployment_de'
import { deploymentsDe } from './deployments_de'
import { teamsDe } from './teams_de'

export const appDe: Record<keyof typeof appEn, string> = {
  ...deploymentDe,
  ...deploymentsDe,
  ...teamsDe,
}
