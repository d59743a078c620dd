import { useRef } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { SelectField } from '@/components/field'

import type { Draft, ServiceDraft } from '../change'
import { CreateForm } from './create_form'
import { useDraft } from './draft'
import { NameField, useNameRules } from './name_field'
import { freeName, nameFor } from './names'
import { segments, serviceField } from '../pointers'
import { takesOf } from './quota'
import { ServiceFields } from '../service_fields'

interface Values extends Draft {
  name: string
}

// What the server takes where nothing is said.
const service: ServiceDraft = {
  image: '', port: '', scaling: 'fixed', replicas: '1', min: '1', max: '2', target: '70', cpu: '250m', memory: '256Mi', env: [],
  volume: false,
}
const start: Values = { name: '', exposure: 'public', services: { web: service } }

// A variable may be a secret: of each a browser keeps the name.
function withoutValues(values: Values): Values {
  const services = Object.entries(values.services).map(([name, one]) => [
    name,
    { ...one, env: one.env.map((variable) => ({ ...variable, value: '' })) },
  ])
  return { ...values, services: Object.fromEntries(services) as Values['services'] }
}

export function bodyOf({ name, exposure, services }: Values): Schemas['DeploymentFromImage'] {
  const { image, port, scaling, replicas, min, max, target, cpu, memory, env } = services.web ?? service
  const variables = env.filter((one) => one.name.trim() !== '')
  return {
    name: name.trim(),
    image: image.trim(),
    // Without a port there is nothing that an address could lead to.
    ...(port.trim() ? { port: Number(port), exposure } : {}),
    ...(scaling === 'auto'
      ? { autoscale: { min: Number(min), max: Number(max), cpu: Number(target) } }
      : { replicas: Number(replicas) }),
    resources: { cpu: cpu.trim(), memory: memory.trim() },
    ...(variables.length > 0
      ? { env: Object.fromEntries(variables.map((one) => [one.name.trim(), one.value])) }
      : {}),
  }
}

export function ImageForm({
  org,
  team,
  taken,
  done,
}: {
  org: string
  team: string
  taken: ReadonlySet<string>
  done: (created: Schemas['CreatedDeployment']) => void | Promise<void>
}) {
  const { t } = useTranslation()
  const form = useForm<Values>({ defaultValues: start })
  const values = form.watch()
  const { errors } = form.formState
  const nameRules = useNameRules(taken)
  // The name follows the image until somebody gives another.
  const suggested = useRef('')
  const { cpu, memory, scaling, replicas, max } = values.services.web ?? service
  useDraft(`${org}/${team}/image`, form, values, withoutValues)
  return (
    <CreateForm
      org={org}
      team={team}
      form={form}
      takes={takesOf(cpu, memory, scaling === 'auto' ? max : replicas)}
      body={bodyOf}
      field={(pointer, { services }) => {
        const parts = segments(pointer)
        if (parts[0] === 'name' || parts[0] === 'exposure') return parts[0]
        const field = serviceField(parts, services.web?.env ?? [])
        return field === null ? null : `services.web.${field}`
      }}
      done={done}
    >
      <NameField error={errors.name} {...form.register('name', nameRules)} />
      <ServiceFields
        service="web"
        onImage={(image) => {
          if (form.getValues('name') !== suggested.current) return
          suggested.current = freeName(nameFor(image), taken)
          form.setValue('name', suggested.current, { shouldDirty: true })
        }}
      />
      <SelectField
        label={t('deploy.exposure')}
        error={errors.exposure}
        {...form.register('exposure', {
          validate: (exposure, { services }) =>
            exposure !== 'public' || services.web?.port.trim() !== '' || t('deploy.public_port'),
        })}
      >
        <option value="public">{t('deploy.public')}</option>
        <option value="internal">{t('deploy.internal')}</option>
      </SelectField>
    </CreateForm>
  )
}
