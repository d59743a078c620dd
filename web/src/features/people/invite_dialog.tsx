import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { teams as teamsOf } from '@/api/queries'
import { Breakable } from '@/components/breakable'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'
import { SelectField, TextArea } from '@/components/field'
import { Notice } from '@/components/notice'
import { Pill, type PillTone } from '@/components/pill'
import { PlanFull } from '@/components/plan_full'
import { useOnce, useSend } from '@/forms'
import { faultText } from '@/i18n/faults'

import { addresses } from './addresses'

type Result = Schemas['InviteResults']['results'][number]

const most = 100
const roles = ['org_member', 'org_admin'] as const
const teamRoles = ['', 'viewer', 'developer', 'team_admin'] as const
const tones: Record<Result['result'], PillTone> = {
  invited: 'good',
  updated: 'good',
  added: 'good',
  already_member: 'neutral',
  already_invited: 'neutral',
  invalid_address: 'danger',
  seat_limit: 'warn',
  mail_limit: 'warn',
}

interface Values {
  emails: string
  org_role: (typeof roles)[number]
  teams: Record<string, (typeof teamRoles)[number]>
}

// Nothing was done for these; they can be sent once more.
const failed = ({ result }: Result) =>
  result === 'invalid_address' || result === 'seat_limit' || result === 'mail_limit'

function Results({
  of,
  close,
  see,
  again,
}: {
  of: Result[]
  close: () => void
  see: () => void
  again: () => void
}) {
  const { t, language } = useTranslation()
  const left = of.filter(failed).length
  return (
    <div className="flex flex-col gap-4" role="status">
      <ul className="divide-y divide-line rounded-md border border-line">
        {of.map((one) => (
          <li key={one.email} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2">
            <span className="wrap-anywhere"><Breakable text={one.email} /></span>
            <Pill tone={tones[one.result]}>{t(`result.${one.result}`)}</Pill>
            {one.result === 'invalid_address' && one.message ? (
              <span className="w-full text-danger">
                {faultText({ pointer: '', message: one.message }, language)}
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {of.some((one) => one.result === 'seat_limit') ? (
        <Notice tone="warn">{t('people.seats')}</Notice>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {left > 0 ? (
          <Button look="primary" onClick={again}>
            {t('people.correct', { count: left })}
          </Button>
        ) : null}
        <Button look={left > 0 ? 'plain' : 'primary'} onClick={see}>
          {t('people.see_invitations')}
        </Button>
        <Button onClick={close}>{t('action.close')}</Button>
      </div>
    </div>
  )
}

export function InviteDialog({
  org,
  onClose,
  seeInvitations,
}: {
  org: string
  onClose: () => void
  seeInvitations: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const once = useOnce()
  const teams = useQuery(teamsOf(org))
  const [results, setResults] = useState<Result[] | null>(null)
  // How many were done before those that are left.
  const [done, setDone] = useState(0)
  const form = useForm<Values>({ defaultValues: { emails: '', org_role: 'org_member', teams: {} } })
  const send = useSend(form, [], async (values) => {
    const wanted = Object.entries(values.teams).flatMap(([team, role]) =>
      role === '' ? [] : [{ team, role }],
    )
    const { body } = await ask('post', '/api/v1/orgs/{org}/invitations', {
      params: { org },
      body: {
        invitations: addresses(values.emails).map((email) => ({
          email,
          org_role: values.org_role,
          teams: wanted,
        })),
        expires_in_days: 7,
      },
      once: once.key(),
    })
    once.renew()
    setResults(body.results)
    await client.invalidateQueries({ queryKey: ['org', org] })
  })
  const { errors, isSubmitting } = form.formState
  const typed = addresses(form.watch('emails'))
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('people.invite')}
      lead={results ? undefined : <p>{t('people.invite_lead')}</p>}
    >
      {results ? (
        <Results
          of={results}
          close={onClose}
          see={seeInvitations}
          again={() => {
            setDone(done + results.filter((one) => !failed(one)).length)
            form.setValue('emails', results.filter(failed).map(({ email }) => email).join('\n'))
            setResults(null)
          }}
        />
      ) : (
        <form noValidate onSubmit={send} className="flex flex-col gap-4">
          {errors.root?.server ? (
            <Notice tone="danger" role="alert">
              {errors.root.server.message}
            </Notice>
          ) : null}
          {done > 0 ? <Notice tone="info">{t('people.rest', { count: done })}</Notice> : null}
          <PlanFull
            org={org}
            feature="members.max"
            wants={Math.max(1, typed.length)}
          />
          <TextArea
            label={t('people.addresses')}
            hint={t('people.addresses_hint', { count: most })}
            rows={3}
            error={errors.emails}
            {...form.register('emails', {
              validate: (text) => {
                const count = addresses(text).length
                if (count === 0) return t('people.addresses_none')
                return count <= most || t('people.addresses_many', { count: most })
              },
            })}
          />
          <SelectField label={t('people.role')} {...form.register('org_role')}>
            {roles.map((one) => (
              <option key={one} value={one}>
                {t(`role.${one}`)}
              </option>
            ))}
          </SelectField>
          {teams.data && teams.data.length > 0 ? (
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-1.5 font-medium">{t('teams.title')}</legend>
              {teams.data.map((team) => (
                <label key={team.id} className="flex items-center justify-between gap-4">
                  <span className="min-w-0 break-words">{team.name}</span>
                  <select
                    className="min-h-9 shrink-0 rounded-md border border-line-strong bg-panel px-2"
                    {...form.register(`teams.${team.id}`)}
                  >
                    {teamRoles.map((role) => (
                      <option key={role} value={role}>
                        {role === '' ? t('people.not_in_team') : t(`role.${role}`)}
                      </option>
                    ))}
                  </select>
                </label>
              ))}
            </fieldset>
          ) : null}
          <div className="flex gap-2">
            <Button type="submit" look="primary" busy={isSubmitting}>
              {done > 0 ? t('people.send_rest', { count: typed.length }) : t('people.send')}
            </Button>
            <Button onClick={onClose}>{t('action.cancel')}</Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
