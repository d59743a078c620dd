import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, asProblem } from '@/api/client'
import { me, signedInAs } from '@/api/queries'
import { Button } from '@/components/button'
import { TextField } from '@/components/field'
import { Notice } from '@/components/notice'
import { Empty, Page, Panel, Section } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { PageSkeleton } from '@/components/skeleton'
import { Frame } from '@/features/frame/frame'
import { Initials } from '@/features/frame/initials'
import { useOnce, useRules, useSend } from '@/forms'

import { DeletedOrganizations } from './deleted'

function NewOrganization() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const rules = useRules('NewOrganization')
  const once = useOnce()
  const form = useForm({ defaultValues: { name: '' } })
  const send = useSend(form, ['name'], async (values) => {
    const { body } = await ask('post', '/api/v1/orgs', { body: values, once: once.key() })
    once.renew()
    await signedInAs()
    await navigate({ to: '/o/$org', params: { org: body.slug } })
  })
  const { errors, isSubmitting } = form.formState
  return (
    <form noValidate onSubmit={send} className="flex max-w-md flex-col gap-3">
      {errors.root?.server ? (
        <Notice tone="danger" role="alert">
          {errors.root.server.message}
        </Notice>
      ) : null}
      <TextField
        label={t('orgs.name')}
        hint={t('orgs.name_hint')}
        autoComplete="organization"
        error={errors.name}
        {...form.register('name', rules('name'))}
      />
      <div>
        <Button type="submit" look="primary" busy={isSubmitting}>
          {t('orgs.create')}
        </Button>
      </div>
    </form>
  )
}

export function OrganizationsPage() {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(me)
  return (
    <Frame org={null} name={t('nav.no_organization')}>
      {error && !data ? (
        <ProblemNotice problem={asProblem(error)} retry={() => void refetch()} />
      ) : !data ? (
        <PageSkeleton />
      ) : (
        <Page title={t('orgs.title')}>
          {data.organizations.length === 0 ? (
            <Empty title={t('orgs.empty')} text={t('orgs.empty_text')} />
          ) : (
            <Panel>
              <ul className="divide-y divide-line">
                {data.organizations.map((one) => (
                  <li key={one.id}>
                    <Link
                      to="/o/$org"
                      params={{ org: one.slug }}
                      className="flex min-h-12 items-center gap-3 px-4 py-2 hover:bg-sunken focus-visible:-outline-offset-2"
                    >
                      <Initials name={one.name} square />
                      <span className="flex min-w-0 flex-1 flex-col">
                        <span className="truncate font-medium">{one.name}</span>
                        <span className="truncate font-mono text-xs text-soft">{one.slug}</span>
                      </span>
                      <span className="text-soft">{t(`role.${one.role}`)}</span>
                      <ArrowRight aria-hidden size={16} className="shrink-0 text-soft" />
                    </Link>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          <Section title={t('orgs.new')} lead={t('orgs.new_text')}>
            <NewOrganization />
          </Section>
          <DeletedOrganizations />
        </Page>
      )}
    </Frame>
  )
}
