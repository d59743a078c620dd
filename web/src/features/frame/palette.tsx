import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Dialog } from 'radix-ui'
import { useTranslation } from '@/i18n'

import { me, organization } from '@/api/queries'
import { useOpener } from '@/components/opener'
import { TeamItems } from '@/features/deployments/palette_items'

import { placesFor } from './places'
import { platformPlaces } from './platform_places'

const item =
  'flex min-h-9 items-center gap-2 rounded-sm px-2 py-1.5 data-[selected=true]:bg-accent-soft'
const group =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-soft'

// Jumps to any organization and page, and does what can be done from anywhere.
export function Palette({
  org,
  open,
  onOpenChange,
  keys,
  leave,
}: {
  org: string | null
  open: boolean
  onOpenChange: (open: boolean) => void
  keys: () => void
  leave: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const opener = useOpener()
  const { data } = useQuery(me)
  const { data: at } = useQuery({ ...organization(org ?? ''), enabled: org !== null })
  const run = (act: () => void) => () => {
    onOpenChange(false)
    act()
  }
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="appear fixed inset-0 z-30 bg-[rgb(0_0_0/0.45)]" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={opener.opens}
          onCloseAutoFocus={opener.closes}
          className="appear fixed top-[12vh] left-1/2 z-40 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-md border border-line bg-panel shadow-step"
        >
          <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
          <Command label={t('palette.title')} loop>
            <Command.Input
              placeholder={t('palette.placeholder')}
              className="w-full border-b border-line bg-transparent px-4 py-3 placeholder:text-soft focus-visible:outline-none"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-1" label={t('palette.results')}>
              <Command.Empty className="px-3 py-6 text-center text-soft">
                {t('palette.empty')}
              </Command.Empty>
              {org !== null ? (
                <Command.Group heading={t('palette.pages')} className={group}>
                  {placesFor(at?.body.allowed_actions).map(({ to, label, icon: Icon }) => (
                    <Command.Item
                      key={to}
                      value={t(label)}
                      onSelect={run(() => void navigate({ to, params: { org } }))}
                      className={item}
                    >
                      <Icon aria-hidden size={16} className="text-soft" />
                      {t(label)}
                    </Command.Item>
                  ))}
                </Command.Group>
              ) : null}
              {org !== null ? <TeamItems org={org} item={item} group={group} run={run} /> : null}
              <Command.Group heading={t('palette.organizations')} className={group}>
                {data?.organizations.map((one) => (
                  <Command.Item
                    key={one.id}
                    value={`${one.name} ${one.slug}`}
                    onSelect={run(() => void navigate({ to: '/o/$org', params: { org: one.slug } }))}
                    className={item}
                  >
                    <span className="truncate">{one.name}</span>
                    <span className="font-mono text-xs text-soft">{one.slug}</span>
                  </Command.Item>
                ))}
                <Command.Item
                  value={t('orgs.title')}
                  onSelect={run(() => void navigate({ to: '/orgs' }))}
                  className={item}
                >
                  {t('orgs.title')}
                </Command.Item>
              </Command.Group>
              {data?.platform_admin ? (
                <Command.Group heading={t('nav.platform')} className={group}>
                  {platformPlaces.map(({ to, label, icon: Icon }) => (
                    <Command.Item
                      key={to}
                      value={`${t('nav.platform')} ${t(label)}`}
                      onSelect={run(() => void navigate({ to }))}
                      className={item}
                    >
                      <Icon aria-hidden size={16} className="text-soft" />
                      {t(label)}
                    </Command.Item>
                  ))}
                </Command.Group>
              ) : null}
              <Command.Group heading={t('palette.actions')} className={group}>
                <Command.Item
                  value={t('nav.account')}
                  onSelect={run(() => void navigate({ to: '/account' }))}
                  className={item}
                >
                  {t('nav.account')}
                </Command.Item>
                <Command.Item value={t('keys.title')} onSelect={run(keys)} className={item}>
                  {t('keys.title')}
                </Command.Item>
                <Command.Item value={t('action.sign_out')} onSelect={run(leave)} className={item}>
                  {t('action.sign_out')}
                </Command.Item>
              </Command.Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
