import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { download } from '@/api/download'

import { Button } from './button'
import { ProblemNotice } from './problem'

const formats = ['csv', 'ndjson'] as const

// Takes a list away as a file. `path`: of the export, with the filters that the list has; `name`: of
// what it is, for the file.
export function ExportButtons({ path, name }: { path: string; name: string }) {
  const { t } = useTranslation()
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
            aria-label={t(`export.${format}_label`)}
            onClick={() => take.mutateAsync(format)}
          >
            <Download aria-hidden size={15} />
            {t(`export.${format}`)}
          </Button>
        ))}
      </div>
      {take.error ? <ProblemNotice problem={asProblem(take.error)} /> : null}
    </div>
  )
}
