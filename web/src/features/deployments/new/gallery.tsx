import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { amount } from '@/amount'
import { asProblem, type Schemas } from '@/api/client'
import { buttonClass } from '@/components/button'
import { Empty, Section } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { SearchField } from '@/components/search'
import { Bar, Loading } from '@/components/skeleton'

import { templates } from '../queries'
import { grouped, type Kind } from './groups'
import { useTemplateWords } from './template_words'

const card =
  'flex min-h-32 flex-col gap-1.5 rounded-md border border-line bg-panel px-4 py-3 hover:border-line-strong hover:bg-sunken'
const grid = 'grid gap-3 sm:grid-cols-2 lg:grid-cols-3'
const headings = {
  web: 'category.web',
  database: 'category.database',
  tools: 'category.tools',
  monitoring: 'category.monitoring',
  other: 'category.other',
} as const

function Takes({ of }: { of: Schemas['Template'] }) {
  const { language } = useTranslation()
  const needs = of.takes.filter((one) => one.feature !== 'deployments.max' && one.amount > 0)
  return needs.map((one) => <span key={one.feature}>{amount(one.amount, one.unit, language)}</span>)
}

// What can be deployed: the templates by their kind, and an image of one's own.
export function Gallery({ org, team }: { org: string; team: string }) {
  const { t } = useTranslation()
  const words = useTemplateWords()
  const [searched, setSearched] = useState('')
  const { data, error, refetch } = useQuery(templates)
  if (error && !data) return <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
  if (!data)
    return (
      <Loading>
        <div className={grid}>
          {Array.from({ length: 4 }, (_, at) => (
            <Bar key={at} className="h-32 w-full" />
          ))}
        </div>
      </Loading>
    )
  const heading = (kind: Kind) => t(headings[kind])
  const groups = grouped(
    data,
    searched,
    (one) => ({ name: words.name(one), text: words.text(one) }),
    heading,
  )
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <SearchField label={t('deploy.search')} value={searched} search={setSearched} />
        <Link
          to="/o/$org/t/$team/new"
          params={{ org, team }}
          search={{ image: true }}
          className={buttonClass()}
        >
          {t('deploy.image')}
        </Link>
      </div>
      {groups.map(({ kind, items }) => (
        <Section key={kind} title={heading(kind)}>
          <ul className={grid}>
            {items.map((one) => (
              <li key={one.name} className="grid">
                <Link
                  to="/o/$org/t/$team/new"
                  params={{ org, team }}
                  search={{ template: one.name }}
                  className={card}
                >
                  <span className="text-base font-semibold break-words">{words.name(one)}</span>
                  <span className="text-soft">{words.text(one)}</span>
                  <span className="mt-auto flex flex-wrap gap-x-3 pt-2 text-xs text-soft">
                    <Takes of={one} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      ))}
      {groups.length === 0 ? (
        <div role="status">
          <Empty title={t('deploy.none', { text: searched.trim() })} text={t('deploy.image_text')} />
        </div>
      ) : null}
    </div>
  )
}
