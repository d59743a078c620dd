import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { download } from '@/api/download'

import { Button } from './button'
import { FeatureLacking, type Lacking } from './plan_feature'
import { ProblemNotice } from './problem'

const formats = ['csv', 'ndjson'] as const

// Takes a list away as a file. `path`: of the export, with the filters that the list has; `name`: of
// what it is, for the file; `lacking`: what the plan would have to have for it.
export function ExportButtons({
  path,
  name,
  lacking = null,
}: {
  path: string
  name: string
  lacking?: Lacking | null
}) {
  const { t } = useTranslation()
  const why = useId()
  const take = useMutation({
    mutationFn: (format: (typeof formats)[number]) =>
      download(`${path}${path.includes('?') ? '&' : '?'}format=${format}`, `${name}.${format}`),
  })
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {formats.map((format) => (
          <Button
            key={format}
            busy={take.isPending}
            disabled={lacking !== null}
            aria-describedby={lacking ? why : undefined}
            aria-label={t(`export.${format}_label`)}
            onClick={() => take.mutateAsync(format)}
          >
            <Download aria-hidden size={15} />
            {t(`export.${format}`)}
          </Button>
        ))}
      </div>
      {lacking ? <FeatureLacking id={why} of={lacking} /> : null}
      {take.error ? <ProblemNotice problem={asProblem(take.error)} /> : null}
    </div>
  )
}
