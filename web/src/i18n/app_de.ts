import type { appEn } from './app_en'
import { accessDe } from './access_de'
import { accountDe } from './account_de'
import { auditDe } from './audit_de'
import { deedsDe } from './deeds_de'
import { deploymentDe } from './deployment_de'
import { deploymentsDe } from './deployments_de'
import { frameDe } from './frame_de'
import { isolationDe } from './isolation_de'
import { memberDe } from './member_de'
import { orgDe } from './org_de'
import { peopleDe } from './people_de'
import { platformDe } from './platform_de'
import { teamsDe } from './teams_de'

export { toldDe } from './told_de'

export const appDe: Record<keyof typeof appEn, string> = {
  ...accessDe,
  ...accountDe,
  ...auditDe,
  ...deedsDe,
  ...deploymentDe,
  ...deploymentsDe,
  ...frameDe,
  ...isolationDe,
  ...memberDe,
  ...orgDe,
  ...peopleDe,
  ...platformDe,
  ...teamsDe,
}
