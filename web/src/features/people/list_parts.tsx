import { useTranslation } from '@/i18n'

import { Button } from '@/components/button'
import { Panel } from '@/components/page'
import { Bar, Loading } from '@/components/skeleton'

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
