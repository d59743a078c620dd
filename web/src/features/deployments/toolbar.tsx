import { Search } from 'lucide-react'
import { useTranslation } from '@/i18n'

import { phases, sorts, type Phase, type Sort, type View, type ViewChange } from './rows'

const box = 'min-h-9 rounded-md border border-line-strong bg-panel px-2 py-1.5'

export function Toolbar({
  name,
  view,
  show,
}: {
  // What stands in the search, which the address follows.
  name: string
  view: View
  show: (change: ViewChange) => void
}) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap items-center gap-3">
      <label className="relative w-full sm:w-64">
        <span className="sr-only">{t('deployments.search')}</span>
        <Search aria-hidden size={15} className="absolute top-2.5 left-2.5 text-soft" />
        <input
          type="search"
          value={name}
          placeholder={t('deployments.search')}
          onChange={(event) => show({ name: event.target.value })}
          className={`${box} w-full pl-8 placeholder:text-soft`}
        />
      </label>
      <label className="flex items-center gap-2">
        <span className="text-soft">{t('deployments.phase')}</span>
        <select
          value={view.phase ?? ''}
          onChange={(event) => show({ phase: (event.target.value || undefined) as Phase | undefined })}
          className={box}
        >
          <option value="">{t('deployments.any')}</option>
          {phases.map((one) => (
            <option key={one} value={one}>
              {t(`phase.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="flex items-center gap-2">
        <span className="text-soft">{t('deployments.sort')}</span>
        <select
          value={view.sort ?? 'name'}
          onChange={(event) => show({ sort: event.target.value as Sort })}
          className={box}
        >
          {sorts.map((one) => (
            <option key={one} value={one}>
              {t(`deployments.sort_${one}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
