import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem, type Schemas } from '@/api/client'
import { useLive } from '@/api/live'
import { buttonClass } from '@/components/button'
import { NotFoundText } from '@/components/not_found'
import { Notice } from '@/components/notice'
import { Page } from '@/components/page'
import { PlanFull } from '@/components/plan_full'
import { ProblemNotice, UnreadPage } from '@/components/problem'
import { Bar, Loading } from '@/components/skeleton'
import { useWhyNot } from '@/features/frame/why_not'
import { team as teamOf } from '@/features/teams/queries'

import { Crumbs } from '../crumbs'
import { Gallery } from './gallery'
import { Generated } from './generated'
import { ImageForm } from './image_form'
import { freeName, nameFor } from './names'
import { deployments, templates } from '../queries'
import { TemplateForm } from './template_form'
import { useTemplateWords } from './template_words'

type Created = Schemas['CreatedDeployment']

function FormLoading() {
  return (
    <Loading>
      <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="flex flex-col gap-4">
          <Bar className="h-9 w-full max-w-2xl" />
          <Bar className="h-9 w-24" />
        </div>
        <Bar className="h-80 w-full" />
      </div>
    </Loading>
  )
}

// Nothing is asked for before it is known whether there is such a template, and which names are free.
function Chosen({
  org,
  team,
  template,
  done,
}: {
  org: string
  team: string
  template: string | null
  done: (created: Created) => void | Promise<void>
}) {
  const { t } = useTranslation()
  const all = useQuery(templates)
  const there = useQuery(deployments(org, team))
  const error = all.error ?? there.error
  if (error && !(all.data && there.data))
    return (
      <ProblemNotice
        problem={asProblem(error)}
        retry={() => {
          void all.refetch()
          void there.refetch()
        }}
      />
    )
  if (!all.data || !there.data) return <FormLoading />
  // One that is on its way out has given its name back.
  const taken = new Set(
    there.data.items.filter((one) => one.phase !== 'Deleting').map((one) => one.name),
  )
  if (template === null) return <ImageForm org={org} team={team} taken={taken} done={done} />
  const found = all.data.find((one) => one.name === template)
  // The page has said so.
  if (!found) return <p className="text-soft">{t('not_found.template_text')}</p>
  return (
    <TemplateForm
      org={org}
      team={team}
      template={found}
      name={freeName(nameFor(found.name), taken)}
      taken={taken}
      done={done}
    />
  )
}

export function NewPage({
  org,
  team,
  template,
  image,
}: {
  org: string
  team: string
  template: string | null
  image: boolean
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  useLive(org)
  const whyNot = useWhyNot(org)
  const words = useTemplateWords()
  const [made, setMade] = useState<Created | null>(null)
  const { data, error, refetch } = useQuery(teamOf(org, team))
  const all = useQuery(templates)
  const problem = error ? asProblem(error) : null
  if (problem?.status === 404) return <NotFoundText was={data?.body.name} />
  if (problem && !data)
    return (
      <UnreadPage
        title={t('deploy.title')}
        above={<Crumbs org={org} team={team} />}
        problem={problem}
        retry={() => void refetch()}
      />
    )
  const chosen = template !== null || image
  const known = all.data?.find((one) => one.name === template)
  const display = known ? words.name(known) : template
  const to = (name: string) => ({ to: '/o/$org/t/$team/d/$name', params: { org, team, name } }) as const
  const isMissing = template !== null && all.data !== undefined && !known
  const title = made
    ? t('deploy.made', { name: made.name })
    : isMissing
      ? t('not_found.template')
      : display
      ? t('deploy.title_template', { template: display })
      : t(image ? 'deploy.title_image' : 'deploy.title')
  return (
    <Page
      title={title}
      {...(data ? { of: data.body.name } : {})}
      above={<Crumbs org={org} team={team} {...(data ? { name: data.body.name } : {})} />}
      lead={
        chosen && !made ? (
          <Link to="/o/$org/t/$team/new" params={{ org, team }} className="link">
            {t('deploy.other')}
          </Link>
        ) : made ? null : (
          t('deploy.lead')
        )
      }
    >
      {data && !data.body.allowed_actions.includes('deployments:create') ? (
        <Notice tone="warn">{whyNot('deployments.new_not')}</Notice>
      ) : made?.generated ? (
        <Generated of={made.generated}>
          {(onClick) => (
            <Link {...to(made.name)} onClick={onClick} className={buttonClass('primary')}>
              {t('deploy.go_on')}
            </Link>
          )}
        </Generated>
      ) : chosen ? (
        <Chosen
          key={template ?? ''}
          org={org}
          team={team}
          template={template}
          done={async (created) => {
            if (created.generated && Object.keys(created.generated).length > 0) setMade(created)
            else await navigate(to(created.name))
          }}
        />
      ) : (
        <>
          <PlanFull org={org} feature="deployments.max" />
          <Gallery org={org} team={team} />
        </>
      )}
    </Page>
  )
}
