import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Notice, type Tone } from '@/components/notice'
import { Time } from '@/components/time'

import { provedOf, stateOf } from './state'

const tones: Record<ReturnType<typeof stateOf>, Tone> = {
  alone: 'good',
  exposed: 'danger',
  unknown: 'warn',
}

// The whole in one sentence, of one organization or of all of them.
export function Verdict({
  of,
  whose,
}: {
  of: Pick<Schemas['IsolationList'], 'cluster' | 'totals' | 'complete' | 'checked_at'>
  whose: 'isolation' | 'platform'
}) {
  const { t } = useTranslation()
  const state = stateOf(of)
  // Of some it may be proved, and that stands with each: the whole does not say the contrary.
  const proved = provedOf(of)
  const unknown =
    proved === null
      ? t('isolation.unknown_title')
      : t('isolation.partly_title', { proved, count: of.totals.sandboxes })
  return (
    <Notice
      tone={tones[state]}
      title={
        state === 'exposed'
          ? t('isolation.exposed_title', { count: of.totals.exposed })
          : state === 'alone'
            ? t(`${whose}.alone_title`)
            : of.cluster === 'simulated'
              ? t('isolation.simulated_title')
              : unknown
      }
    >
      <p>
        {state === 'unknown'
          ? t(of.cluster === 'simulated' ? 'isolation.simulated' : 'isolation.unknown_text')
          : t(`${whose}.${state}_text`)}
      </p>
      {of.checked_at ? (
        <p className="text-soft">
          {t('isolation.checked')}: <Time at={of.checked_at} />
        </p>
      ) : null}
    </Notice>
  )
}
