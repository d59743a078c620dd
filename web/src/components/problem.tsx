import { Check, Copy } from 'lucide-react'
import { lazy, Suspense, useState, type ComponentProps } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Problem } from '@/api/client'
import { useProblemText } from '@/i18n/problems'

import { Button } from './button'
import type { Limit } from './limit_text'
import { Notice } from './notice'
import { Page } from './page'
import { Support } from './support'

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

// Comes with the first limit that is reached.
const LimitText = lazy(async () => ({ default: (await import('./limit_text')).LimitText }))

// Who has the right that was missing.
function RolesText({ roles }: { roles: readonly string[] }) {
  const { t, find, language } = useTranslation()
  const names = roles.flatMap((role) => find(`role.${role}`) ?? [])
  if (names.length === 0) return null
  return <p>{t('problem.roles', { roles: new Intl.ListFormat(language, { type: 'disjunction' }).format(names) })}</p>
}

// Why a part of a page is not there, and how to have it all the same.
// `title`: what did not work, where more than one thing could have been it.
export function ProblemNotice({ problem, retry, title }: { problem: Problem; retry?: () => void; title?: string }) {
  const { t } = useTranslation()
  const text = useProblemText()
  return (
    <Notice
      tone={problem.status === 0 || problem.status === 403 ? 'warn' : 'danger'}
      role="alert"
      title={title ?? t(problem.status === 0 ? 'problem.title_offline' : 'problem.title')}
    >
      <p>{text(problem)}</p>
      {problem.code === 'plan_limit_reached' ? (
        <Suspense>
          <LimitText of={problem.body as unknown as Limit} />
        </Suspense>
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
        <Suspense>
          <LimitText of={{ ...(problem.body as unknown as Limit), limit: null }} />
        </Suspense>
      ) : null}
      {retry ? (
        <div className="mt-1.5">
          <Button onClick={retry}>{t('action.retry')}</Button>
        </div>
      ) : null}
    </Notice>
  )
}

// A page of which no more is known than its head.
export function UnreadPage({
  problem,
  retry,
  ...head
}: { problem: Problem; retry: () => void } & Omit<ComponentProps<typeof Page>, 'children'>) {
  return (
    <Page {...head}>
      <ProblemNotice problem={problem} retry={retry} />
    </Page>
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
