import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Notice, type Tone } from '@/components/notice'
import { Told } from '@/components/told'

import type { Phase } from '../rows'

type Deployment = Schemas['Deployment']

const tones: Partial<Record<Phase, Tone>> = { Error: 'danger', Degraded: 'warn', Ready: 'good' }

function Ends({ of }: { of: Deployment }) {
  const { t } = useTranslation()
  const ends = Object.entries(of.services).flatMap(([name, { last_termination: end, restarts }]) =>
    end ? [{ name, restarts, ...end }] : [],
  )
  if (ends.length === 0) return null
  return (
    <ul>
      {ends.map((one) => (
        <li key={one.name}>
          {t('status.ended', { service: one.name, reason: one.reason, code: one.exit_code, count: one.restarts })}
        </li>
      ))}
    </ul>
  )
}

// How it is doing: in words, with what can be done about it, and Kubernetes' own reason beside.
export function Status({ of }: { of: Deployment }) {
  const { t, find } = useTranslation()
  const { phase, reason, message } = of
  const cause = reason ? find(`cause.${reason}`) : null
  const advice = reason ? find(`advice.${reason}`) : null
  const failed = phase === 'Error' || phase === 'Degraded'
  // All of it answers, but perhaps not at its address.
  const doubted = phase === 'Ready' && cause !== null
  return (
    <div role="status" aria-label={t('status.title')}>
      <Notice tone={(doubted ? 'warn' : tones[phase]) ?? 'info'} title={cause ?? t(`status.${phase}`)}>
        {cause && !failed && !doubted ? <p>{t(`status.${phase}`)}</p> : null}
        {phase === 'Degraded' && reason !== 'IngressClassMissing' ? <p>{t('status.degraded_text')}</p> : null}
        {phase === 'Updating' && of.serving_revision !== null && of.serving_revision !== of.revision ? (
          <p>{t('status.serving', { revision: of.serving_revision })}</p>
        ) : null}
        {advice ? <p>{advice}</p> : null}
        {reason || message ? (
          <p className="text-soft">
            {reason ? (
              <code lang="en" className="font-mono text-xs text-ink">
                {reason}
              </code>
            ) : null}{' '}
            <Told text={message} />
          </p>
        ) : null}
        {failed ? <Ends of={of} /> : null}
      </Notice>
    </div>
  )
}
