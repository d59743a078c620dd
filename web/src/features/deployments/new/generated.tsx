import { Check, Copy } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { Notice } from '@/components/notice'
import { Panel } from '@/components/page'
import { Unsaved } from '@/components/unsaved'

function Value({ name, value, onCopied }: { name: string; value: string; onCopied: () => void }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const Icon = copied ? Check : Copy
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-2.5 first:border-t-0">
      <dt className="w-full font-mono text-xs break-all text-soft sm:w-48">{name}</dt>
      <dd className="flex min-w-0 flex-1 items-center gap-2">
        <code className="min-w-0 font-mono text-xs break-all">{value}</code>
        <button
          type="button"
          aria-label={t(copied ? 'problem.trace_copied' : 'deploy.copy', { name })}
          onClick={() => {
            void navigator.clipboard.writeText(value).then(() => {
              setCopied(true)
              onCopied()
            })
          }}
          className="rounded-sm p-1 text-soft hover:text-ink"
        >
          <Icon aria-hidden size={14} />
        </button>
      </dd>
    </div>
  )
}

// Secrets that were made for a new deployment. They are in the answer that made it and never again, so
// one is asked before leaving unless each was copied. `children`: the way on, whose press says that they
// are kept.
export function Generated({
  of,
  children,
}: {
  of: Record<string, string>
  children: (onClick: () => void) => ReactNode
}) {
  const { t } = useTranslation()
  const copied = useRef(new Set<string>())
  const kept = useRef(false)
  const lost = () => !kept.current && Object.keys(of).some((name) => !copied.current.has(name))
  return (
    <div className="flex flex-col gap-4">
      <Unsaved what="unkept" when={lost} />
      <Notice tone="warn" title={t('deploy.once')}>
        <p>{t('deploy.once_text')}</p>
      </Notice>
      <Panel>
        <dl>
          {Object.entries(of).map(([name, value]) => (
            <Value key={name} name={name} value={value} onCopied={() => copied.current.add(name)} />
          ))}
        </dl>
      </Panel>
      <div>
        {children(() => {
          kept.current = true
        })}
      </div>
    </div>
  )
}
