import { queryOptions, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { ask, asProblem } from '@/api/client'
import { signedInAs } from '@/api/queries'
import { PasswordField, TextField } from '@/components/field'
import { PageSkeleton } from '@/components/skeleton'
import { useRules, useSend } from '@/forms'

import { Form } from './form'
import { EntryPage } from './frame'
import { useToken } from './token'

// Whether a link still works. Without an account the server refuses it, and changes nothing; of a link that
// does not work it says that first.
const usable = (token: string) =>
  queryOptions({
    queryKey: ['setup', token],
    queryFn: async ({ signal }) => {
      try {
        await ask('post', '/api/v1/setup', { body: { token, name: '', email: '', password: '' }, signal })
      } catch (error) {
        const { code } = asProblem(error)
        if (code !== 'setup_link_invalid' && code !== 'validation_failed') throw error
        return code === 'validation_failed'
      }
      return false
    },
    enabled: token !== '',
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })

export function SetUpPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const token = useToken()
  const link = useQuery(usable(token))
  const rules = useRules('SetUp')
  const form = useForm({ defaultValues: { name: '', email: '', password: '' } })
  const send = useSend(form, ['name', 'email', 'password'], async (values) => {
    await ask('post', '/api/v1/setup', { body: { ...values, token } })
    const { email, password } = values
    await ask('post', '/api/v1/auth/login', { body: { email, password } })
    await signedInAs()
    await navigate({ to: '/', replace: true })
  })
  const { errors } = form.formState
  if (token !== '' && link.isPending) return <PageSkeleton />
  if (token === '' || link.data === false || errors.root?.server?.type === 'setup_link_invalid')
    return (
      <EntryPage
        title={t('link.unusable')}
        lead={
          <>
            <p>{t('setup.unusable_text')}</p>
            <p>
              <code className="font-mono text-ink">{'k8s-scheduler admin link'}</code>
            </p>
          </>
        }
      />
    )
  return (
    <EntryPage title={t('setup.title')} lead={<p>{t('setup.lead')}</p>}>
      <Form form={form} onSubmit={send} action={t('setup.action')}>
        <TextField
          label={t('field.name')}
          autoComplete="name"
          error={errors.name}
          {...form.register('name', rules('name'))}
        />
        <TextField
          label={t('field.email')}
          type="email"
          autoComplete="username"
          error={errors.email}
          {...form.register('email', rules('email'))}
        />
        <PasswordField
          label={t('field.password')}
          hint={t('field.password_hint')}
          autoComplete="new-password"
          error={errors.password}
          {...form.register('password', rules('password'))}
        />
      </Form>
    </EntryPage>
  )
}
