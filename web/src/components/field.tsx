import { Eye, EyeOff } from 'lucide-react'
import { useId, useState, type ComponentProps, type ReactNode } from 'react'
import type { FieldError } from 'react-hook-form'
import { useTranslation } from '@/i18n'

const box =
  'w-full min-h-9 rounded-md border bg-panel px-3 py-1.5 text-ink placeholder:text-soft disabled:bg-sunken'

interface Common {
  label: string
  hint?: ReactNode
  error?: FieldError | undefined
}

function edge(error: unknown) {
  return error ? 'border-danger' : 'border-line-strong'
}

function Around({
  id,
  label,
  hint,
  error,
  children,
}: Common & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children}
      {hint ? (
        <p id={`${id}-hint`} className="text-soft">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="text-danger">
          {error.message}
        </p>
      ) : null}
    </div>
  )
}

function described(id: string, hint: unknown, error: unknown) {
  const ids = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean)
  return ids.length > 0 ? ids.join(' ') : undefined
}

export function TextField({ label, hint, error, ...input }: Common & ComponentProps<'input'>) {
  const id = useId()
  return (
    <Around id={id} label={label} hint={hint} error={error}>
      <input
        id={id}
        type="text"
        {...input}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, hint, error)}
        className={`${box} read-only:bg-sunken ${edge(error)}`}
      />
    </Around>
  )
}

export function PasswordField({ label, hint, error, ...input }: Common & ComponentProps<'input'>) {
  const { t } = useTranslation()
  const id = useId()
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <Around id={id} label={label} hint={hint} error={error}>
      <div className="relative">
        <input
          id={id}
          {...input}
          type={shown ? 'text' : 'password'}
          aria-invalid={error ? true : undefined}
          aria-describedby={described(id, hint, error)}
          className={`${box} pr-10 ${edge(error)}`}
        />
        <button
          type="button"
          aria-pressed={shown}
          aria-label={t('field.show_password')}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 right-0 grid w-9 place-items-center rounded-md text-soft hover:text-ink focus-visible:-outline-offset-2"
        >
          <Icon aria-hidden size={16} />
        </button>
      </div>
    </Around>
  )
}

export function SelectField({ label, hint, error, ...input }: Common & ComponentProps<'select'>) {
  const id = useId()
  return (
    <Around id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        {...input}
        aria-invalid={error ? true : undefined}
        aria-describedby={[input['aria-describedby'], described(id, hint, error)].filter(Boolean).join(' ') || undefined}
        className={`${box} ${edge(error)}`}
      />
    </Around>
  )
}

export function TextArea({ label, hint, error, ...input }: Common & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <Around id={id} label={label} hint={hint} error={error}>
      <textarea
        id={id}
        {...input}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, hint, error)}
        className={`${box} ${edge(error)}`}
      />
    </Around>
  )
}
