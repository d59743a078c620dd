import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { useTranslation, type Name } from '@/i18n'

import { ask, type Schemas } from '@/api/client'
import { TextArea } from '@/components/field'
import { FormDialog } from '@/components/form_dialog'
import { Time } from '@/components/time'
import { toast } from '@/components/toasts'
import { useRules, useSend } from '@/forms'

interface Props {
  of: Schemas['Organization']
  onClose: () => void
}

// An administrator can be a member too, who has the organization's pages open.
function useRenew(of: Schemas['Organization']) {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['platform', 'orgs'] }),
      client.invalidateQueries({ queryKey: ['org', of.slug] }),
    ])
}

function Effects({ of }: { of: readonly Name[] }) {
  const { t } = useTranslation()
  return (
    <ul className="list-disc space-y-1 pl-5">
      {of.map((name) => (
        <li key={name}>{t(name)}</li>
      ))}
    </ul>
  )
}

// Of one that is suspended already it changes the reason and nothing else.
export function SuspendDialog({ of, onClose }: Props) {
  const { t } = useTranslation()
  const renew = useRenew(of)
  const rules = useRules('Suspension')
  const again = of.suspension !== null
  const form = useForm({ defaultValues: { reason: of.suspension?.reason ?? '' } })
  const send = useSend(form, ['reason'], async (body) => {
    await ask('put', '/api/v1/platform/orgs/{org}/suspension', { params: { org: of.id }, body })
    await renew()
    toast(t(again ? 'platform.reason_changed' : 'platform.suspended', { organization: of.name }))
    onClose()
  })
  const { errors, isSubmitting, isDirty } = form.formState
  return (
    <FormDialog
      title={t(again ? 'platform.change_reason_of' : 'platform.suspend_of', { organization: of.name })}
      lead={t(again ? 'platform.change_reason_lead' : 'platform.suspend_lead')}
      action={t(again ? 'action.save' : 'platform.suspend')}
      look={again ? 'primary' : 'danger'}
      busy={isSubmitting}
      ready={!again || isDirty}
      wrong={errors.root?.server?.message}
      send={send}
      onClose={onClose}
    >
      {again ? null : (
        <Effects
          of={[
            'platform.suspend_pods',
            'platform.suspend_people',
            'platform.suspend_open',
            'platform.suspend_told',
            'platform.suspend_back',
          ]}
        />
      )}
      <TextArea
        label={t('platform.reason')}
        hint={t('platform.suspend_reason_hint')}
        rows={3}
        error={errors.reason}
        {...form.register('reason', rules('reason'))}
      />
    </FormDialog>
  )
}

export function LiftDialog({ of, onClose }: Props) {
  const { t } = useTranslation()
  const renew = useRenew(of)
  const lift = useMutation({
    mutationFn: () =>
      ask('delete', '/api/v1/platform/orgs/{org}/suspension', { params: { org: of.id } }),
    onSuccess: async () => {
      await renew()
      toast(t('platform.lifted', { organization: of.name }))
      onClose()
    },
  })
  return (
    <FormDialog
      title={t('platform.lift_of', { organization: of.name })}
      lead={t('platform.lift_lead')}
      action={t('platform.lift')}
      busy={lift.isPending}
      problems={[lift.error]}
      send={() => lift.mutateAsync()}
      onClose={onClose}
    >
      <Effects of={['platform.lift_pods', 'platform.lift_people', 'platform.lift_gone', 'platform.lift_told']} />
      {of.suspension ? (
        <p className="wrap-anywhere text-soft">
          {t('paused.reason', { reason: of.suspension.reason })} {t('paused.since')}{' '}
          <Time at={of.suspension.since} />
        </p>
      ) : null}
    </FormDialog>
  )
}
