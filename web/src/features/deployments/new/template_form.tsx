import { useForm } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import type { Schemas } from '@/api/client'
import { PasswordField, SelectField, TextField } from '@/components/field'

import { CreateForm } from './create_form'
import { useDraft } from './draft'
import { bodyOf, mustBeGiven, startOf, withoutSecrets, type Input } from './inputs'
import { NameField, useNameRules } from './name_field'
import { segments } from '../pointers'
import { takesOfTemplate } from './quota'
import { useTemplateWords } from './template_words'

export function TemplateForm({
  org,
  team,
  template,
  name,
  taken,
  done,
}: {
  org: string
  team: string
  template: Schemas['Template']
  name: string
  taken: ReadonlySet<string>
  done: (created: Schemas['CreatedDeployment']) => void | Promise<void>
}) {
  const { t } = useTranslation()
  const words = useTemplateWords()
  const form = useForm({ defaultValues: startOf(template, name) })
  const { errors } = form.formState
  const nameRules = useNameRules(taken)
  useDraft(`${org}/${team}/template/${template.name}`, form, form.watch(), (values) =>
    withoutSecrets(template, values),
  )
  const hint = (input: Input) =>
    input.generated
      ? t('deploy.generated')
      : input.default === ''
        ? t('deploy.optional')
        : input.default !== null
          ? t('deploy.default', { value: input.default })
          : undefined
  return (
    <CreateForm
      org={org}
      team={team}
      form={form}
      takes={takesOfTemplate(template)}
      body={(values) => bodyOf(template, values)}
      field={(pointer) => {
        const [first, second] = segments(pointer)
        if (first === 'name' || first === 'exposure') return first
        return first === 'inputs' && template.inputs.some((one) => one.name === second)
          ? `inputs.${second}`
          : null
      }}
      done={done}
    >
      <NameField error={errors.name} {...form.register('name', nameRules)} />
      {template.inputs.map((input) => {
        const Field = input.secret ? PasswordField : TextField
        return (
          <Field
            key={input.name}
            label={words.input(template, input)}
            hint={hint(input)}
            autoComplete={input.secret ? 'new-password' : 'off'}
            spellCheck={false}
            error={errors.inputs?.[input.name]}
            {...form.register(`inputs.${input.name}`, {
              required: mustBeGiven(input) ? t('field.required') : false,
            })}
          />
        )
      })}
      {template.exposure === 'public' && (
        <SelectField
          label={t('deploy.exposure')}
          hint={t('deploy.exposure_hint')}
          error={errors.exposure}
          {...form.register('exposure')}
        >
          <option value="public">{t('deploy.public')}</option>
          <option value="internal">{t('deploy.internal')}</option>
        </SelectField>
      )}
    </CreateForm>
  )
}
