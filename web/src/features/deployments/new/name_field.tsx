import type { FieldError, UseFormRegisterReturn } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { TextField } from '@/components/field'
import { label, type Format } from '@/formats'
import { useFormat } from '@/forms'

// What a deployment's name has to be. `taken`: names that the team has.
export function useNameRules(taken: ReadonlySet<string>) {
  const { t } = useTranslation()
  const formed = useFormat()
  const free: Format = (name) => (taken.has(name.trim()) ? 'is taken' : null)
  return {
    required: t('field.required'),
    validate: { formed: (name: string) => formed(label(32))(name.trim()), free: formed(free) },
  }
}

export function NameField({ error, ...field }: UseFormRegisterReturn & { error: FieldError | undefined }) {
  const { t } = useTranslation()
  return (
    <TextField
      label={t('deployments.name')}
      hint={t('deploy.name_hint')}
      spellCheck={false}
      autoComplete="off"
      error={error}
      {...field}
    />
  )
}
