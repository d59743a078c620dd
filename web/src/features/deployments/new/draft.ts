import { useEffect } from 'react'
import type { DefaultValues, FieldValues, UseFormReturn } from 'react-hook-form'

import { me, queries } from '@/api/queries'

// Keeps what was typed into a form over a reload of the page, in this tab and for this person only.
// `kept`: what a browser may hold of it. Leaving the page in any other way drops it.
export function useDraft<F extends FieldValues>(
  place: string,
  form: UseFormReturn<F>,
  values: F,
  kept: (values: F) => F,
) {
  // Of nobody there is no draft: it would be the next person's.
  const whose = queries.getQueryData(me.queryKey)?.user.id
  const key = whose ? `draft:${whose}:${place}` : null
  const { reset } = form
  const { isDirty } = form.formState
  useEffect(() => {
    if (key === null) return
    const text = sessionStorage.getItem(key)
    if (text) reset(JSON.parse(text) as DefaultValues<F>, { keepDefaultValues: true })
    return () => {
      // Whoever has to sign in again finds it where it was.
      if (queries.getQueryData(me.queryKey)) sessionStorage.removeItem(key)
    }
  }, [key, reset])
  useEffect(() => {
    if (isDirty && key !== null) sessionStorage.setItem(key, JSON.stringify(kept(values)))
  })
}
