import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { Pill, type PillTone } from '@/components/pill'
import { Told } from '@/components/told'

import { usePromise } from './promise'

type Sandbox = Omit<Schemas['SandboxIsolation'], 'user'>

const tones: Record<Sandbox['state'], PillTone> = {
  alone: 'good',
  exposed: 'danger',
  unknown: 'warn',
}

function Said({ texts, none }: { texts: readonly string[]; none: string }) {
  if (texts.length === 0) return <span className="text-soft">{none}</span>
  return (
    <ul className="flex flex-col gap-0.5">
      {texts.map((text) => (
        <li key={text} className="wrap-anywhere">
          <Told text={text} />
        </li>
      ))}
    </ul>
  )
}

// One sandbox: whose it is, in which state, and why one can know.
// Of a simulated cluster nothing is proved: that it is as written is all there is to say.
export function SandboxItem({
  of,
  whose,
  cluster,
}: {
  of: Sandbox
  whose: ReactNode
  cluster: Schemas['IsolationList']['cluster']
}) {
  const { t } = useTranslation()
  const promise = usePromise()
  return (
    <li className="flex flex-col gap-3 px-4 py-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-col">
          <span className="font-medium wrap-anywhere">{whose}</span>
          <span className="font-mono text-xs break-all text-soft">{of.namespace}</span>
        </div>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="text-soft">{promise(of.profile)}</span>
          {of.pods === null ? null : (
            <span className="text-soft">{t('isolation.pods', { count: of.pods })}</span>
          )}
          {of.state === 'alone' && cluster === 'simulated' ? (
            <Pill tone="neutral">{t('isolation.alone_simulated')}</Pill>
          ) : (
            <Pill tone={tones[of.state]}>{t(`isolation.${of.state}`)}</Pill>
          )}
        </span>
      </div>
      {of.findings.length > 0 ? (
        <div className="flex flex-col gap-1.5 rounded-md bg-danger-soft px-3 py-2">
          <span className="font-medium">{t('isolation.findings')}</span>
          <ul className="flex flex-col gap-1.5">
            {of.findings.map((finding) => (
              <li key={`${finding.kind} ${finding.text}`} className="wrap-anywhere">
                {t(`isolation.kind_${finding.kind}`)}
                <Told text={finding.text} className="block" />
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <p className={of.network.state === 'open' ? 'font-medium text-danger' : 'text-soft'}>
        {t('isolation.network')}: {t(`isolation.network_${of.network.reason}`)}
      </p>
      {of.pods === null ? null : (
        <dl className="grid gap-x-4 gap-y-2 sm:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-0.5">
            <dt className="text-xs text-soft">{t('isolation.reached_by')}</dt>
            <dd>
              <Said texts={of.reached_by} none={t('isolation.nobody')} />
            </dd>
          </div>
          <div className="flex min-w-0 flex-col gap-0.5">
            <dt className="text-xs text-soft">{t('isolation.reaches')}</dt>
            <dd>
              <Said texts={of.reaches} none={t('isolation.nowhere')} />
            </dd>
          </div>
        </dl>
      )}
    </li>
  )
}
