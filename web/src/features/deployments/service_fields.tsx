import { Plus, X } from 'lucide-react'
import { useFieldArray, useFormContext, type FieldError } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { Button } from '@/components/button'
import { SelectField, TextField } from '@/components/field'
import { image, quantity, variable } from '@/formats'
import { useFormat } from '@/forms'

import { isTwice, type Draft } from './change'

type Translate = ReturnType<typeof useTranslation>['t']

const box = 'min-h-9 w-full rounded-md border bg-panel px-3 py-1.5 font-mono text-xs leading-5'

// The variables of a service, one a line. A value may have lines of its own.
function Variables({ service }: { service: string }) {
  const { t } = useTranslation()
  const formed = useFormat()
  const form = useFormContext<Draft>()
  const path = `services.${service}.env` as const
  const { fields, append, remove } = useFieldArray({ control: form.control, name: path })
  const errors = form.formState.errors.services?.[service]?.env
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 font-medium">{t('deploy.variables')}</legend>
      {fields.map((field, at) => {
        const error = (errors?.[at]?.value ?? errors?.[at]?.name) as FieldError | undefined
        const edge = error ? 'border-danger' : 'border-line-strong'
        const id = `${service}-env-${at}`
        return (
          <div key={field.id} className="flex flex-col gap-1">
            <div className="flex items-start gap-2">
              <div className="grid min-w-0 flex-1 gap-2 sm:grid-cols-2">
                <input
                  aria-label={t('deploy.variable_name', { number: at + 1 })}
                  aria-describedby={error ? id : undefined}
                  autoComplete="off"
                  spellCheck={false}
                  className={`${box} ${edge}`}
                  {...form.register(`${path}.${at}.name`, {
                    validate: {
                      once: () => !isTwice(form.getValues(path), at) || t('deploy.variable_twice'),
                      formed: (name) => formed(variable)(name.trim()),
                    },
                  })}
                />
                <textarea
                  rows={1}
                  aria-label={t('deploy.variable_value', { number: at + 1 })}
                  aria-invalid={error ? true : undefined}
                  aria-describedby={error ? id : undefined}
                  spellCheck={false}
                  className={`${box} ${edge} max-h-40 resize-none [field-sizing:content]`}
                  {...form.register(`${path}.${at}.value`)}
                />
              </div>
              <button
                type="button"
                aria-label={t('deploy.variable_remove', { number: at + 1 })}
                onClick={() => remove(at)}
                className="grid size-9 shrink-0 place-items-center rounded-md text-soft hover:text-ink"
              >
                <X aria-hidden size={16} />
              </button>
            </div>
            {error ? (
              <p id={id} className="text-danger">
                {error.message}
              </p>
            ) : null}
          </div>
        )
      })}
      <div>
        <Button onClick={() => append({ name: '', value: '' })}>
          <Plus aria-hidden size={15} />
          {t('deploy.variable_add')}
        </Button>
      </div>
      <p className="text-soft">{t('deploy.variables_hint')}</p>
    </fieldset>
  )
}

const count = (t: Translate, most: number, least: number, empty: boolean) => (text: string) =>
  (empty && text.trim() === '') ||
  (/^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most) ||
  t('deploy.number', { least, most })

// What the server would find wrong with the two of them together, said before it is sent.
const inOrder = (t: Translate, min: string) => (max: string) =>
  !/^\d+$/.test(min.trim()) || Number(max) >= Number(min) || t('deploy.max_below', { min: min.trim() })

// How many pods it has: so many, or from so many to so many by what they use.
function Scaling({ service }: { service: string }) {
  const { t } = useTranslation()
  const form = useFormContext<Draft>()
  const errors = form.formState.errors.services?.[service]
  const path = `services.${service}` as const
  const auto = form.watch(`${path}.scaling`) === 'auto'
  const volume = form.getValues(`${path}.volume`)
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t('deploy.scaling')}
        hint={volume ? t('deploy.scaling_volume') : undefined}
        error={errors?.scaling}
        {...form.register(`${path}.scaling`)}
      >
        <option value="fixed">{t('deploy.scaling_fixed')}</option>
        <option value="auto" disabled={volume}>
          {t('deploy.scaling_auto')}
        </option>
      </SelectField>
      {auto ? (
        <>
          <TextField
            label={t('deploy.target')}
            hint={t('deploy.target_hint')}
            inputMode="numeric"
            autoComplete="off"
            error={errors?.target}
            {...form.register(`${path}.target`, { validate: count(t, 100, 1, false) })}
          />
          <TextField
            label={t('deploy.min')}
            hint={t('deploy.min_hint')}
            inputMode="numeric"
            autoComplete="off"
            error={errors?.min}
            {...form.register(`${path}.min`, { validate: count(t, 20, 1, false), deps: [`${path}.max`] })}
          />
          <TextField
            label={t('deploy.max')}
            hint={t('deploy.max_hint')}
            inputMode="numeric"
            autoComplete="off"
            error={errors?.max}
            {...form.register(`${path}.max`, {
              validate: {
                number: count(t, 20, 1, false),
                order: (max) => inOrder(t, form.getValues(`${path}.min`))(max),
              },
            })}
          />
        </>
      ) : (
        <TextField
          label={t('deploy.replicas')}
          hint={t('deploy.replicas_hint')}
          inputMode="numeric"
          autoComplete="off"
          error={errors?.replicas}
          {...form.register(`${path}.replicas`, { validate: count(t, volume ? 1 : 20, 0, false) })}
        />
      )}
    </div>
  )
}

// What can be set of one service, in a form of a Draft.
export function ServiceFields({
  service,
  onImage,
}: {
  service: string
  onImage?: (image: string) => void
}) {
  const { t } = useTranslation()
  const formed = useFormat()
  const form = useFormContext<Draft>()
  const errors = form.formState.errors.services?.[service]
  const path = `services.${service}` as const
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label={t('deploy.image_reference')}
        hint={t('deploy.image_hint')}
        spellCheck={false}
        autoComplete="off"
        error={errors?.image}
        {...form.register(`${path}.image`, {
          required: t('field.required'),
          validate: formed(image),
          onChange: (event: { target: { value: string } }) => onImage?.(event.target.value),
        })}
      />
      <TextField
        label={t('deploy.port')}
        hint={t('deploy.port_hint')}
        inputMode="numeric"
        autoComplete="off"
        error={errors?.port}
        {...form.register(`${path}.port`, { validate: count(t, 65535, 1, true), deps: ['exposure'] })}
      />
      <Scaling service={service} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t('deploy.cpu')}
          hint={t('deploy.cpu_hint')}
          autoComplete="off"
          error={errors?.cpu}
          {...form.register(`${path}.cpu`, { required: t('field.required'), validate: formed(quantity) })}
        />
        <TextField
          label={t('deploy.memory')}
          hint={t('deploy.memory_hint')}
          autoComplete="off"
          error={errors?.memory}
          {...form.register(`${path}.memory`, { required: t('field.required'), validate: formed(quantity) })}
        />
      </div>
      <Variables service={service} />
    </div>
  )
}
