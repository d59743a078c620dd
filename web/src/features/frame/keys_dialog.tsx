import { useTranslation } from '@/i18n'

import { Dialog } from '@/components/dialog'

import { places } from './places'

function Key({ children }: { children: string }) {
  return (
    <kbd className="inline-grid min-w-6 place-items-center rounded-sm border border-line-strong bg-sunken px-1.5 font-mono text-xs leading-5">
      {children}
    </kbd>
  )
}

export function KeysDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation()
  const rows: [string[], string][] = [
    [['Ctrl', 'K'], t('keys.palette')],
    ...places.map((place): [string[], string] => [
      ['G', place.key.toUpperCase()],
      t('keys.go', { place: t(place.label) }),
    ]),
    [['?'], t('keys.list')],
    [['Esc'], t('keys.close')],
  ]
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('keys.title')}>
      <dl className="flex flex-col">
        {rows.map(([keys, text]) => (
          <div key={text} className="flex items-center justify-between gap-4 border-t border-line py-2">
            <dt>{text}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Key key={key}>{key}</Key>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
