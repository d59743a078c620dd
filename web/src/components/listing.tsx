import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'

import { Button } from './button'
import { Panel } from './page'
import { ProblemNotice } from './problem'
import { Bar, Loading } from './skeleton'

export function ListSkeleton() {
  return (
    <Loading>
      <Panel>
        {Array.from({ length: 4 }, (_, at) => (
          <div key={at} className="flex h-12 items-center gap-4 border-b border-line px-4 last:border-b-0">
            <Bar className="w-40" />
            <Bar className="w-24" />
          </div>
        ))}
      </Panel>
    </Loading>
  )
}

export function More({ busy, load }: { busy: boolean; load: () => void }) {
  const { t } = useTranslation()
  return (
    <div className="pt-3">
      <Button busy={busy} onClick={load}>
        {t('table.more')}
      </Button>
    </div>
  )
}

// Of a list that comes in pages.
interface Paged {
  data: unknown
  error: Error | null
  refetch: () => unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

// A list in each of its states. `empty` stands where all of it was read and nothing was there: a
// page that is narrowed can be empty and still have a next one.
export function Listing({
  of,
  count,
  empty,
  children,
}: {
  of: Paged
  count: number
  empty: ReactNode
  children: ReactNode
}) {
  const { t } = useTranslation()
  if (!of.data)
    return of.error ? (
      <ProblemNotice problem={asProblem(of.error)} retry={() => void of.refetch()} />
    ) : (
      <ListSkeleton />
    )
  return (
    <div className="flex flex-col gap-3">
      {count > 0 ? children : of.hasNextPage ? <p className="text-soft">{t('table.none_yet')}</p> : empty}
      {of.error ? <ProblemNotice problem={asProblem(of.error)} /> : null}
      {of.hasNextPage ? (
        <More busy={of.isFetchingNextPage} load={() => void of.fetchNextPage()} />
      ) : null}
    </div>
  )
}
