import type { appEn } from './app_en'
import { accessDe } from './access_de'
import { auditDe } from './audit_de'
import { deploymentDe } from './deployment_de'
import { deploymentsDe } from './deployments_de'
import { isolationDe } from './isolation_de'
import { memberDe } from './member_de'
import { platformDe } from './platform_de'
import { teamsDe } from './teams_de'

export const appDe: Record<keyof typeof appEn, string> = {
  ...accessDe,
  ...auditDe,
  ...deploymentDe,
  ...deploymentsDe,
  ...isolationDe,
  ...memberDe,
  ...platformDe,
  ...teamsDe,
}
