import { useTranslation } from '@/i18n'
import { sized } from '@/quantity'

import type { Change } from '../change'

function Side({ text, gone }: { text: string | null; gone: boolean }) {
  const { t } = useTranslation()
  if (text === null) return <span className="text-soft">{t('change.nothing')}</span>
  const Mark = gone ? 'del' : 'ins'
  return (
    <Mark
      className={`rounded-sm px-1 font-mono text-xs break-all whitespace-pre-wrap no-underline ${gone ? 'bg-danger-soft' : 'bg-good-soft'}`}
    >
      {text === '' ? t('change.empty') : text}
    </Mark>
  )
}

// What changes from what to what, a line each.
export function Diff({ of, label }: { of: readonly Change[]; label: string }) {
  const { t, language } = useTranslation()
  const sides = ({ what, before, after }: Change) =>
    what === 'cpu' || what === 'memory' ? sized(what, [before, after], language) : [before, after]
  return (
    <ul aria-label={label} className="divide-y divide-line rounded-md border border-line">
      {of.map((one) => ({ ...one, sides: sides(one) })).map((one) => (
        <li key={`${one.service} ${one.what} ${one.variable}`} className="flex flex-col gap-1 px-3 py-2">
          <span>
            {one.service === null ? null : <span className="font-mono text-xs text-soft">{one.service} </span>}
            {one.what === 'variable' ? (
              <>
                {t('change.variable')} <span className="font-mono text-xs break-all">{one.variable}</span>
              </>
            ) : (
              t(`change.${one.what}`)
            )}
          </span>
          <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
            <Side gone text={one.sides[0] ?? null} />
            <span aria-label={t('change.becomes')} role="img">
              {'→'}
            </span>
            <Side gone={false} text={one.sides[1] ?? null} />
          </span>
        </li>
      ))}
    </ul>
  )
}
