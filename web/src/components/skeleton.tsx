import { useTranslation } from '@/i18n'

// Holds the place of a text that is on its way, in its size.
export function Bar({ className = '' }: { className?: string }) {
  return <span aria-hidden className={`breathe block h-4 rounded-sm bg-line ${className}`} />
}

export function Loading({ children }: { children?: React.ReactNode }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-live="polite">
      <span className="sr-only">{t('state.loading')}</span>
      {children}
    </div>
  )
}

export function PageSkeleton() {
  return (
    <Loading>
      <div className="flex flex-col gap-4 p-6">
        <Bar className="h-6 w-48" />
        <Bar className="w-full max-w-xl" />
        <Bar className="w-full max-w-md" />
      </div>
    </Loading>
  )
}
