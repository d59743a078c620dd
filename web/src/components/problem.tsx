import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { amount, unitOf } from '@/amount'
import { asProblem, type Problem } from '@/api/client'
import { useProblemText } from '@/i18n/problems'

import { Button } from './button'
import { LargerPlan, type Contacts } from './larger_plan'
import { Notice } from './notice'
import { Support } from './support'
import { UseBar } from './use_bar'

export function TraceId({ id }: { id: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(id)
    setCopied(true)
  }
  const Icon = copied ? Check : Copy
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-soft">
      {t('problem.trace')}
      <code className="font-mono text-xs break-all text-ink">{id}</code>
      <button
        type="button"
        onClick={() => void copy()}
        aria-label={t(copied ? 'problem.trace_copied' : 'problem.trace_copy')}
        className="rounded-sm p-1 hover:text-ink"
      >
        <Icon aria-hidden size={14} />
      </button>
    </p>
  )
}

interface Limit {
  feature: string
  used: number
  limit: number | null
  upgrade?: { plan: string }
  can_upgrade: boolean
  contacts: Contacts
}

// Which limit it was, the plan that would lift it, and whom to ask for that.
function LimitText({ of }: { of: Limit }) {
  const { t, find, language } = useTranslation()
  const said = (value: number) => amount(value, unitOf(of.feature), language)
  const feature = find(`feature.${of.feature}`) ?? of.feature
  return (
    <>
      {of.limit === null ? null : (
        <>
          <p>{t('limit.used', { feature, used: said(of.used), limit: said(of.limit) })}</p>
          <div className="max-w-xs py-1">
            <UseBar
              label={feature}
              used={of.used}
              limit={of.limit}
              text={{ used: said(of.used), limit: said(of.limit) }}
            />
          </div>
        </>
      )}
      <LargerPlan plan={of.upgrade?.plan ?? null} contacts={of.contacts} canUpgrade={of.can_upgrade} />
    </>
  )
}

// Who has the right that was missing.
function RolesText({ roles }: { roles: readonly string[] }) {
  const { t, find, language } = useTranslation()
  const names = roles.flatMap((role) => find(`role.${role}`) ?? [])
  if (names.length === 0) return null
  return <p>{t('problem.roles', { roles: new Intl.ListFormat(language, { type: 'disjunction' }).format(names) })}</p>
}

// Why a part of a page is not there, and how to have it all the same.
export function ProblemNotice({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const { t } = useTranslation()
  const text = useProblemText()
  return (
    <Notice
      tone={problem.status === 0 || problem.status === 403 ? 'warn' : 'danger'}
      role="alert"
      title={t(problem.status === 0 ? 'problem.title_offline' : 'problem.title')}
    >
      <p>{text(problem)}</p>
      {problem.code === 'plan_limit_reached' ? (
        <LimitText of={problem.body as unknown as Limit} />
      ) : null}
      {problem.code === 'permission_denied' && Array.isArray(problem.body.roles) ? (
        <RolesText roles={problem.body.roles as string[]} />
      ) : null}
      {problem.traceId && problem.status >= 500 ? (
        <>
          <TraceId id={problem.traceId} />
          <Support />
        </>
      ) : null}
      {problem.code === 'feature_not_in_plan' ? (
        <LimitText of={{ ...(problem.body as unknown as Limit), limit: null }} />
      ) : null}
      {retry ? (
        <div className="mt-1.5">
          <Button onClick={retry}>{t('action.retry')}</Button>
        </div>
      ) : null}
    </Notice>
  )
}

// In the place of a whole page.
export function PageProblem({ error, reset }: { error: unknown; reset?: () => void }) {
  return (
    <div className="mx-auto w-full max-w-xl p-6">
      <ProblemNotice
        problem={asProblem(error)}
        retry={reset ?? (() => window.location.reload())}
      />
    </div>
  )
}
