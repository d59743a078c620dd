import { accessEn } from './access_en'
import { accountEn } from './account_en'
import { auditEn } from './audit_en'
import { deedsEn } from './deeds_en'
import { deploymentEn } from './deployment_en'
import { deploymentsEn } from './deployments_en'
import { frameEn } from './frame_en'
import { isolationEn } from './isolation_en'
import { memberEn } from './member_en'
import { orgEn } from './org_en'
import { peopleEn } from './people_en'
import { platformEn } from './platform_en'
import { teamsEn } from './teams_en'

// What only pages of who is signed in say. It comes with the first of them.
export const appEn = {
  ...accessEn,
  ...accountEn,
  ...auditEn,
  ...deedsEn,
  ...deploymentEn,
  ...deploymentsEn,
  ...frameEn,
  ...isolationEn,
  ...memberEn,
  ...orgEn,
  ...peopleEn,
  ...platformEn,
  ...teamsEn,
} as const
