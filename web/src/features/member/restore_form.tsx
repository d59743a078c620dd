import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n'

import { asProblem } from '@/api/client'
import { organization } from '@/api/queries'
import { Button } from '@/components/button'
import { TextField } from '@/components/field'
import { Section } from '@/components/page'
import { ProblemNotice } from '@/components/problem'
import { useWhyNot } from '@/features/frame/why_not'
import { useDropsWhileBusy } from '@/once'

import { BackNotice } from './back_notice'
import { useRestore } from './restore'

export function RestoreForm({ org }: { org: string }) {
  const { t } = useTranslation()
  const whyNot = useWhyNot(org)
  const [email, setEmail] = useState('')
  const { data } = useQuery(organization(org))
  const restore = useRestore(org)
  const run = useDropsWhileBusy()
  const may = data?.body.allowed_actions.includes('members:manage') ?? false
  return (
    <Section title={t('member.restore_title')} lead={t('member.restore_lead')}>
      <form
        className="flex max-w-md flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (may && email.trim()) run(() => restore.mutateAsync(email.trim()))
        }}
      >
        {restore.error ? <ProblemNotice problem={asProblem(restore.error)} /> : null}
        {restore.data ? <BackNotice of={restore.data} /> : null}
        <TextField
          label={t('member.email')}
          hint={t('member.restore_hint')}
          type="email"
          autoComplete="off"
          readOnly={!may}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        {may ? (
          <div>
            <Button type="submit" busy={restore.isPending} disabled={email.trim() === ''}>
              {t('member.restore')}
            </Button>
          </div>
        ) : data ? (
          <p className="text-soft">{whyNot('member.restore_not')}</p>
        ) : null}
      </form>
    </Section>
  )
}
