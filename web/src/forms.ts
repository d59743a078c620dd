import { useRef } from 'react'
import type { FieldValues, Path, RegisterOptions, UseFormReturn } from 'react-hook-form'
import { useTranslation } from '@/i18n'

import { asProblem, type Problem } from './api/client'
import { bounds } from './api/made/bounds'
import { email, type Format } from './formats'
import { faultText } from './i18n/faults'
import { useProblemText } from './i18n/problems'

type Bound = { required: boolean; minLength?: number; maxLength?: number }

// For `validate` of a field: what is wrong with its form, in the page's language. Empty is for `required`.
export function useFormat() {
  const { language } = useTranslation()
  return (format: Format) => (text: string) => {
    const message = text.trim() === '' ? null : format(text)
    return message === null || faultText({ pointer: '', message }, language)
  }
}

// What the contract says of a field, before the server has to.
export function useRules<S extends keyof typeof bounds>(schema: S) {
  const { t } = useTranslation()
  const formed = useFormat()
  return <F extends FieldValues>(field: keyof (typeof bounds)[S] & Path<F>): RegisterOptions<F, Path<F>> => {
    const bound = bounds[schema][field] as Bound
    return {
      ...(bound.required ? { required: t('field.required') } : {}),
      ...(bound.minLength && bound.minLength > 1
        ? {
            minLength: {
              value: bound.minLength,
              message: t('field.too_short', { count: bound.minLength }),
            },
          }
        : {}),
      ...(bound.maxLength
        ? {
            maxLength: {
              value: bound.maxLength,
              message: t('field.too_long', { count: bound.maxLength }),
            },
          }
        : {}),
      ...(field === 'email' ? { validate: formed(email) } : {}),
    } as RegisterOptions<F, Path<F>>
  }
}

// A key that stays the same however often a form is sent, until it was answered with a success.
export function useOnce(): { key: () => string; renew: () => void } {
  const kept = useRef<string | null>(null)
  return {
    key: () => (kept.current ??= crypto.randomUUID()),
    renew: () => {
      kept.current = null
    },
  }
}

// Sends a form once, however often it is pressed; puts what the server finds wrong on the fields
// that its pointers name, the topmost of them focused, and the rest above the form. `fields`: those
// that are called as in the body, or which one a pointer means. `refused`: true for what somebody else
// tells.
export function useSend<F extends FieldValues>(
  form: UseFormReturn<F>,
  fields: readonly Path<F>[] | ((pointer: string, values: F) => Path<F> | null),
  send: (values: F) => Promise<void>,
  refused?: (problem: Problem) => boolean,
) {
  const { language } = useTranslation()
  const text = useProblemText()
  const under = useRef(false)
  return form.handleSubmit(async (values) => {
    if (under.current) return
    under.current = true
    try {
      await send(values)
    } catch (error) {
      const problem = asProblem(error)
      if (refused?.(problem)) return
      const find =
        typeof fields === 'function'
          ? (pointer: string) => fields(pointer, values)
          : (pointer: string) => fields.find((name) => pointer === `/${name}`)
      const faults = problem.faults.map((fault) => ({
        field: find(fault.pointer),
        pointer: fault.pointer,
        message: faultText(fault, language),
      }))
      const placed = faults.filter(({ field }) => field)
      for (const { field, message } of placed)
        form.setError(field as Path<F>, { type: 'server', message })
      const [first] = placed
        .flatMap(({ field }) => (field ? [...document.getElementsByName(field)] : []))
        .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))
      first?.focus()
      const others = faults.filter(({ field }) => !field)
      if (placed.length === 0)
        form.setError('root.server', { type: problem.code, message: text(problem) })
      else if (others.length > 0)
        form.setError('root.server', {
          type: problem.code,
          message: others.map(({ pointer, message }) => `${pointer}: ${message}`).join(' '),
        })
    } finally {
      under.current = false
    }
  })
}
