import { useTranslation } from '@/i18n'

import { Pill, type PillTone } from '@/components/pill'

import type { Phase } from './rows'

const tones: Record<Phase, PillTone> = {
  Pending: 'accent',
  Provisioning: 'accent',
  Ready: 'good',
  Updating: 'accent',
  Degraded: 'warn',
  Stopped: 'neutral',
  Error: 'danger',
  Deleting: 'neutral',
}

export function PhasePill({ phase }: { phase: Phase }) {
  const { t } = useTranslation()
  return <Pill tone={tones[phase]}>{t(`phase.${phase}`)}</Pill>
}
