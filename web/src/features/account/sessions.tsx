import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from '@/i18n'

import { ask, asProblem } from '@/api/client'
import { Button } from '@/components/button'
import { Panel } from '@/components/page'
import { Pill } from '@/components/pill'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { Cell, Head, Row, Table } from '@/components/table'
import { Time } from '@/components/time'

const sessions = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }) => (await ask('get', '/api/v1/me/sessions', { signal })).body,
})

export function Sessions() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(sessions)
  const renew = () => client.invalidateQueries({ queryKey: ['sessions'] })
  const end = useMutation({
    mutationFn: (session: string) =>
      ask('delete', '/api/v1/me/sessions/{session}', { params: { session } }),
    onSettled: renew,
  })
  const endOthers = useMutation({
    mutationFn: () => ask('delete', '/api/v1/me/sessions'),
    onSettled: renew,
  })
  if (error && !data) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data)
    return (
      <Loading>
        <Panel>
          <div className="flex h-[5.5rem] flex-col justify-evenly px-4">
            <Bar className="w-48" />
            <Bar className="w-64" />
          </div>
        </Panel>
      </Loading>
    )
  const problem = end.error ?? endOthers.error
  return (
    <div className="flex flex-col gap-3">
      {problem ? <ProblemNotice problem={asProblem(problem)} /> : null}
      <Table
        label={t('sessions.title')}
        head={[t('sessions.device'), t('sessions.network'), t('sessions.used'), <span key="actions" className="sr-only">{t('table.actions')}</span>]}
      >
        {data.items.map((one) => {
          const device = one.device || t('sessions.unknown')
          return (
            <Row key={one.id}>
              <Head>
                <span className="flex flex-wrap items-center gap-2">
                  <span className="font-medium">{device}</span>
                  {one.current ? <Pill tone="good">{t('sessions.this')}</Pill> : null}
                </span>
              </Head>
              <Cell label={t('sessions.network')}>
                <span className="font-mono text-xs break-all">{one.network}</span>
              </Cell>
              <Cell label={t('sessions.used')}>
                <Time at={one.last_used_at} />
              </Cell>
              <Cell end>
                {one.current ? null : (
                  <Button
                    busy={end.isPending && end.variables === one.id}
                    onClick={() => end.mutateAsync(one.id)}
                    aria-label={t('sessions.end_of', { device })}
                  >
                    {t('sessions.end')}
                  </Button>
                )}
              </Cell>
            </Row>
          )
        })}
      </Table>
      {data.items.length > 1 ? (
        <div>
          <Button busy={endOthers.isPending} onClick={() => endOthers.mutateAsync()}>
            {t('sessions.end_others')}
          </Button>
        </div>
      ) : null}
    </div>
  )
}
