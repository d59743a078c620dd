import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from '@/i18n'

import { Button } from '@/components/button'
import { Choice } from '@/components/choice'

import { wallTime, withFilter, type Filters } from './filters'
import { actors } from './queries'
import { useWords } from './words'

const withOne = (all: readonly string[], one: string | undefined) => (one ? [...all, one] : all)

// Taken when it is left or Enter pressed, not with every letter.
function FilterField({
  label,
  value,
  type = 'text',
  wrong,
  take,
}: {
  label: string
  value: string
  type?: 'text' | 'datetime-local'
  wrong?: string | undefined
  take: (value: string) => void
}) {
  const id = useId()
  const [typed, setTyped] = useState(value)
  const [shown, setShown] = useState(value)
  // What the address says is shown, whoever changed it.
  if (shown !== value) {
    setShown(value)
    setTyped(value)
  }
  const done = () => typed !== value && take(typed)
  return (
    <div
      className={`flex min-w-0 flex-col gap-1 ${type === 'text' ? '' : 'col-span-2 sm:col-span-1'}`}
    >
      <label htmlFor={id} className="text-xs text-soft">
        {label}
      </label>
      <input
        id={id}
        type={type}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={wrong ? true : undefined}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onBlur={done}
        onKeyDown={(event) => event.key === 'Enter' && done()}
        className={`min-h-9 w-full min-w-0 rounded-md border bg-panel px-2 py-1.5 ${wrong ? 'border-danger' : 'border-line-strong'}`}
      />
      {wrong ? (
        <p id={`${id}-wrong`} className="text-xs text-danger">
          {wrong}
        </p>
      ) : null}
    </div>
  )
}

export function FilterBar({
  org,
  filters,
  wrong,
  seen,
  narrow,
}: {
  org: string
  filters: Filters
  // What is wrong with those of the address that cannot be used.
  wrong: Partial<Record<keyof Filters, string>>
  // Of the rows that are on the page, to choose from.
  seen: { kinds: readonly string[] }
  narrow: (to: Filters) => void
}) {
  const { t } = useTranslation()
  const words = useWords()
  const people = useQuery(actors(org))
  const known = people.data ?? []
  const { actor = '' } = filters
  const set = <K extends keyof Filters>(name: K, value: Filters[K] | '') =>
    narrow(withFilter(filters, name, value))
  const strange = actor !== '' && actor !== 'system' && !known.some((one) => one.user.id === actor)
  return (
    <fieldset className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
      <legend className="sr-only">{t('audit.filters')}</legend>
      <Choice
        label={t('audit.actor')}
        value={actor}
        options={[
          { value: '', text: t('audit.everybody') },
          { value: 'system', text: t('audit.system') },
          ...(strange ? [{ value: actor, text: actor }] : []),
          ...known.map((one) => ({ value: one.user.id, text: one.user.name })),
        ]}
        wrong={wrong.actor}
        choose={(value) => set('actor', value)}
      />
      <Choice
        label={t('audit.action')}
        value={filters.action ?? ''}
        options={[{ value: '', text: t('audit.all') }, ...words.actions(filters.action)]}
        wrong={wrong.action}
        choose={(value) => set('action', value)}
      />
      <Choice
        label={t('audit.kind')}
        value={filters.target_kind ?? ''}
        options={[{ value: '', text: t('audit.all') }, ...words.kinds(withOne(seen.kinds, filters.target_kind))]}
        wrong={wrong.target_kind}
        choose={(value) => set('target_kind', value)}
      />
      <FilterField
        label={t('audit.target_id')}
        value={filters.target_id ?? ''}
        wrong={wrong.target_id}
        take={(value) => set('target_id', value)}
      />
      <FilterField
        label={t('audit.from')}
        type="datetime-local"
        value={wallTime(filters.from)}
        wrong={wrong.from}
        take={(value) => set('from', value)}
      />
      <FilterField
        label={t('audit.until')}
        type="datetime-local"
        value={wallTime(filters.until)}
        wrong={wrong.until}
        take={(value) => set('until', value)}
      />
      <Choice
        label={t('audit.outcome')}
        value={filters.result ?? ''}
        options={[
          { value: '', text: t('audit.outcome_all') },
          { value: 'done', text: t('audit.done') },
          { value: 'denied', text: t('audit.denied') },
        ]}
        wrong={wrong.result}
        choose={(value) => set('result', value)}
      />
      <Choice
        label={t('audit.order')}
        value={filters.order ?? ''}
        options={[
          { value: '', text: t('audit.newest') },
          { value: 'oldest', text: t('audit.oldest') },
        ]}
        wrong={wrong.order}
        choose={(value) => set('order', value)}
      />
      {Object.keys(filters).length > 0 ? (
        <div className="self-end">
          <Button onClick={() => narrow({})}>{t('audit.clear')}</Button>
        </div>
      ) : null}
    </fieldset>
  )
}
