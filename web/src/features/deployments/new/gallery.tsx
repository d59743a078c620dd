import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { amount } from '@/amount'
import { asProblem, type Schemas } from '@/api/client'
import { ProblemNotice } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'

import { templates } from '../queries'
import { useTemplateWords } from './template_words'

const card =
  'flex min-h-32 flex-col gap-1.5 rounded-md border border-line bg-panel px-4 py-3 hover:border-line-strong hover:bg-sunken'
const grid = 'grid gap-3 sm:grid-cols-2 lg:grid-cols-3'

function Card({ title, text, foot }: { title: string; text: string; foot?: ReactNode }) {
  return (
    <>
      <span className="text-base font-semibold break-words">{title}</span>
      <span className="text-soft">{text}</span>
      {foot ? <span className="mt-auto flex flex-wrap gap-x-3 pt-2 text-xs text-soft">{foot}</span> : null}
    </>
  )
}

function Takes({ of }: { of: Schemas['Template'] }) {
  const { language } = useTranslation()
  const needs = of.takes.filter((one) => one.feature !== 'deployments.max' && one.amount > 0)
  return needs.map((one) => <span key={one.feature}>{amount(one.amount, one.unit, language)}</span>)
}

// What can be deployed: the templates, and an image of one's own.
export function Gallery({ org, team }: { org: string; team: string }) {
  const { t } = useTranslation()
  const words = useTemplateWords()
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
  return (
    <ul className={grid}>
      {data.map((one) => (
        <li key={one.name} className="grid">
          <Link
            to="/o/$org/t/$team/new"
            params={{ org, team }}
            search={{ template: one.name }}
            className={card}
          >
            <Card title={words.name(one)} text={words.text(one)} foot={<Takes of={one} />} />
          </Link>
        </li>
      ))}
      <li className="grid">
        <Link to="/o/$org/t/$team/new" params={{ org, team }} search={{ image: true }} className={card}>
          <Card title={t('deploy.image')} text={t('deploy.image_text')} />
        </Link>
      </li>
    </ul>
  )
}
