import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import { moment } from '@/moment'

import type { Schemas } from '@/api/client'
import { Button } from '@/components/button'
import { Dialog } from '@/components/dialog'

import { changesOf, factsOf, hashOf, plain } from './detail'
import type { Filters } from './filters'
import { ActorName } from './actor_name'
import { useWords } from './words'

// `said`: it in words.
function Value({ of, said = null }: { of: unknown; said?: string | null }) {
  const { t } = useTranslation()
  if (of === undefined) return <span aria-hidden>–</span>
  if (said !== null) return <>{said}</>
  const hash = hashOf(of)
  return hash ? (
    <span className="text-soft">{t('audit.hashed', { hash: hash.slice(0, 12) })}</span>
  ) : (
    <span className="font-mono text-xs break-all whitespace-pre-wrap">{plain(of)}</span>
  )
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-col border-t border-line py-1.5 sm:flex-row sm:gap-4">
      <dt className="shrink-0 wrap-anywhere text-soft sm:w-40">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  )
}

// A row of the log, whole.
export function RowDialog({
  org,
  of,
  narrow,
  onClose,
}: {
  org: string
  of: Schemas['AuditRow']
  narrow: (to: Filters) => void
  onClose: () => void
}) {
  const { t, language } = useTranslation()
  const words = useWords()
  const changes = changesOf(of.detail)
  const actor = of.actor.kind === 'system' ? 'system' : of.actor.id
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('audit.row', { seq: of.seq })}
      lead={
        <p>
          <span className="text-ink">{words.deed(of)}</span>: {t(`audit.${of.result}`)}
        </p>
      }
    >
      <dl className="flex flex-col">
        <Fact name={t('audit.time')}>
          <time dateTime={of.at}>{moment(of.at, language, true)}</time>
        </Fact>
        <Fact name={t('audit.actor')}>
          <ActorName of={of} />
        </Fact>
        <Fact name={t('audit.action_name')}>
          <Value of={of.action} />
        </Fact>
        <Fact name={t('audit.target')}>
          {words.kind(of.target.kind)} {words.target(of)}{' '}
          {of.target.id === null ? null : of.target.kind === 'member' ? (
            <Link
              to="/o/$org/people/$user"
              params={{ org, user: of.target.id }}
              className="link font-mono text-xs break-all"
            >
              {of.target.id}
            </Link>
          ) : (
            <span className="font-mono text-xs break-all">{of.target.id}</span>
          )}
        </Fact>
        {factsOf(of.detail).map(([name, value]) => (
          <Fact key={name} name={words.field(name, of.names)}>
            <Value of={value} said={words.value(name, value, of.names)} />
          </Fact>
        ))}
        {changes.map((change) => (
          <Fact key={change.field} name={words.field(change.field, of.names)}>
            <span className="sr-only">{t('audit.before')}</span> <Value of={change.before} said={change.before === undefined ? null : words.value(change.field, change.before, of.names)} />{' '}
            <span aria-hidden className="text-soft">
              →
            </span>
            <span className="sr-only">{t('audit.after')}</span> <Value of={change.after} said={change.after === undefined ? null : words.value(change.field, change.after, of.names)} />
          </Fact>
        ))}
        {of.request_id ? (
          <Fact name={t('audit.request')}>
            <Value of={of.request_id} />
          </Fact>
        ) : null}
        {of.address_hash ? (
          <Fact name={t('audit.address')}>
            <Value of={of.address_hash} />
          </Fact>
        ) : null}
        <Fact name={t('audit.mac')}>
          <Value of={of.mac} />
        </Fact>
      </dl>
      <div className="mt-4 flex flex-wrap gap-2">
        {actor ? <Button onClick={() => narrow({ actor })}>{t('audit.only_actor')}</Button> : null}
        {of.target.id ? (
          <Button onClick={() => narrow({ target_kind: of.target.kind, target_id: of.target.id ?? '' })}>
            {t('audit.only_target')}
          </Button>
        ) : null}
      </div>
    </Dialog>
  )
}
