import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useRouter } from '@tanstack/react-router'
import { Building2, ChevronsUpDown, Menu as MenuIcon, Search, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { lazy, Suspense, useCallback, useState, type ReactElement, type ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { ask, asProblem } from '@/api/client'
import { me, organization, signedInAs } from '@/api/queries'
import { Mark } from '@/components/mark'
import { Preferences } from '@/components/preferences'
import { toast } from '@/components/toasts'
import { useProblemText } from '@/i18n/problems'

import { Initials } from './initials'
import { useKeyboard } from './keyboard'
import { isBelow, placesFor } from './places'
import { platformPlaces } from './platform_places'

// Both come when they are asked for.
const Palette = lazy(async () => ({ default: (await import('./palette')).Palette }))
const KeysDialog = lazy(async () => ({ default: (await import('./keys_dialog')).KeysDialog }))

// Menus come with the first that is opened, or is about to be.
const loadMenus = () => import('./menus')
const OrganizationMenu = lazy(async () => ({ default: (await loadMenus()).OrganizationMenu }))
const AccountMenu = lazy(async () => ({ default: (await loadMenus()).AccountMenu }))

const wide =
  'flex min-h-10 w-full min-w-0 items-center gap-2.5 rounded-md border border-transparent px-2 py-1 text-left hover:border-line hover:bg-panel data-[state=open]:border-line data-[state=open]:bg-panel'

// The button of a menu, in whose place the menu with its own comes when it is asked for.
function MenuButton({
  label,
  menu,
  children,
}: {
  label: string
  menu: (trigger: ReactElement) => ReactNode
  children: ReactNode
}) {
  const [wanted, setWanted] = useState(false)
  const load = () => void loadMenus()
  const closed = (
    <button
      type="button"
      className={wide}
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={load}
      onFocus={load}
      onClick={() => setWanted(true)}
      onKeyDown={(event) => event.key === 'ArrowDown' && setWanted(true)}
    >
      {children}
    </button>
  )
  if (!wanted) return closed
  const trigger = (
    <button type="button" className={wide} aria-label={label}>
      {children}
    </button>
  )
  return <Suspense fallback={closed}>{menu(trigger)}</Suspense>
}

function Switcher({ org, name }: { org: string | null; name: string }) {
  const { t } = useTranslation()
  return (
    <MenuButton
      label={t('nav.switch', { name })}
      menu={(trigger) => <OrganizationMenu org={org} trigger={trigger} />}
    >
      {org === null ? (
        <Building2 aria-hidden size={18} className="mx-1 shrink-0 text-soft" />
      ) : (
        <Initials name={name} square />
      )}
      <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
      <ChevronsUpDown aria-hidden size={15} className="shrink-0 text-soft" />
    </MenuButton>
  )
}

function Account({ leave, keys }: { leave: () => void; keys: () => void }) {
  const { t } = useTranslation()
  const { data } = useQuery(me)
  const name = data?.user.name ?? ''
  return (
    <MenuButton
      label={t('nav.account_of', { name })}
      menu={(trigger) => <AccountMenu trigger={trigger} leave={leave} keys={keys} />}
    >
      <Initials name={name} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate">{name}</span>
        <span className="truncate text-xs leading-4 text-soft">{data?.user.email}</span>
      </span>
      <ChevronsUpDown aria-hidden size={15} className="shrink-0 text-soft" />
    </MenuButton>
  )
}

const place =
  'flex min-h-9 items-center gap-2.5 rounded-md px-2 py-1.5 text-soft hover:bg-panel hover:text-ink data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-ink'

function PlatformNavigation({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('nav.platform')}>
      <ul className="flex flex-col gap-0.5">
        {platformPlaces.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: true, includeSearch: false }}
              {...(onGo ? { onClick: onGo } : {})}
              className={place}
            >
              <Icon aria-hidden size={16} className="shrink-0" />
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Navigation({ org, onGo }: { org: string; onGo?: () => void }) {
  const { t } = useTranslation()
  const { data } = useQuery(organization(org))
  const { pathname } = useLocation()
  return (
    <nav aria-label={t('nav.label')}>
      <ul className="flex flex-col gap-0.5">
        {placesFor(data?.body.allowed_actions).map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              params={{ org }}
              activeOptions={{ exact: to === '/o/$org', includeSearch: false }}
              {...(isBelow(pathname, to) ? { 'aria-current': 'page', 'data-status': 'active' } : {})}
              {...(onGo ? { onClick: onGo } : {})}
              className={place}
            >
              <Icon aria-hidden size={16} className="shrink-0" />
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

// Around every page of who is signed in. `org`: the organization of the address, where it has one.
// `platform`: it is a page of the installation.
export function Frame({
  org,
  platform = false,
  name,
  children,
}: {
  org: string | null
  platform?: boolean
  name: string
  children: ReactNode
}) {
  const { t } = useTranslation()
  const text = useProblemText()
  const router = useRouter()
  const [drawer, setDrawer] = useState(false)
  const [palette, setPalette] = useState(false)
  const [keys, setKeys] = useState(false)
  const openPalette = useCallback(() => setPalette(true), [])
  const openKeys = useCallback(() => setKeys(true), [])
  useKeyboard(org, openPalette, openKeys)
  const leave = () => {
    void (async () => {
      try {
        await ask('post', '/api/v1/auth/logout')
        await signedInAs()
        await router.navigate({ to: '/login' })
      } catch (error) {
        toast(text(asProblem(error)))
      }
    })()
  }
  const side = (onGo?: () => void) => (
    <>
      <Switcher org={org} name={name} />
      <button
        type="button"
        onClick={openPalette}
        aria-keyshortcuts="Control+K"
        className="flex min-h-9 items-center gap-2.5 rounded-md border border-line bg-panel px-2 py-1 text-soft hover:text-ink"
      >
        <Search aria-hidden size={15} />
        <span className="flex-1 text-left">{t('palette.open')}</span>
        <kbd aria-hidden className="font-mono text-xs">
          {t('palette.keys')}
        </kbd>
      </button>
      {org !== null ? <Navigation org={org} {...(onGo ? { onGo } : {})} /> : null}
      {platform ? <PlatformNavigation {...(onGo ? { onGo } : {})} /> : null}
      <div className="mt-auto flex flex-col gap-2 pt-4">
        <Preferences />
        <Account leave={leave} keys={openKeys} />
      </div>
    </>
  )
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
      <aside className="sticky top-0 hidden h-dvh flex-col gap-3 overflow-y-auto border-r border-line bg-sunken p-3 md:flex">
        <Link to="/" className="rounded-md px-2 py-1.5">
          <Mark />
        </Link>
        {side()}
      </aside>
      <header className="sticky top-0 z-20 flex min-h-14 items-center justify-between gap-3 border-b border-line bg-sunken px-4 md:hidden">
        <span className="flex min-w-0 items-center gap-2.5">
          <Mark named={false} />
          <span className="truncate font-medium">{name}</span>
        </span>
        <Dialog.Root open={drawer} onOpenChange={setDrawer}>
          <Dialog.Trigger
            aria-label={t('nav.open')}
            className="grid size-9 shrink-0 place-items-center rounded-md border border-line bg-panel"
          >
            <MenuIcon aria-hidden size={18} />
          </Dialog.Trigger>
          <Dialog.Portal>
            <Dialog.Overlay className="appear fixed inset-0 z-30 bg-[rgb(0_0_0/0.45)]" />
            <Dialog.Content
              aria-describedby={undefined}
              className="appear fixed inset-y-0 left-0 z-40 flex w-[min(18rem,85vw)] flex-col gap-3 overflow-y-auto border-r border-line bg-sunken p-3"
            >
              <div className="flex items-center justify-between px-2 py-1.5">
                <Dialog.Title className="text-sm">
                  <Mark />
                </Dialog.Title>
                <Dialog.Close aria-label={t('action.close')} className="rounded-sm p-1 text-soft">
                  <X aria-hidden size={18} />
                </Dialog.Close>
              </div>
              {side(() => setDrawer(false))}
            </Dialog.Content>
          </Dialog.Portal>
        </Dialog.Root>
      </header>
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[75rem] px-4 py-6 sm:px-8 sm:py-8">
        {children}
      </main>
      <Suspense>
        {palette ? (
          <Palette org={org} open onOpenChange={setPalette} keys={openKeys} leave={leave} />
        ) : null}
        {keys ? <KeysDialog open onOpenChange={setKeys} /> : null}
      </Suspense>
    </div>
  )
}
