import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Check, Plus, ServerCog } from 'lucide-react'
import type { ReactElement } from 'react'
import { useTranslation } from '@/i18n'

import { me } from '@/api/queries'

import { Menu, MenuItem, MenuLine, MenuTitle } from './menu'

// Where one can go: the organizations that one is in, and the installation for who administers it.
export function OrganizationMenu({ org, trigger }: { org: string | null; trigger: ReactElement }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { data } = useQuery(me)
  return (
    <Menu opened trigger={trigger}>
      <MenuTitle>{t('nav.organizations')}</MenuTitle>
      {data?.organizations.map((one) => (
        <MenuItem
          key={one.id}
          onSelect={() => void navigate({ to: '/o/$org', params: { org: one.slug } })}
        >
          <span className="min-w-0 flex-1 truncate">{one.name}</span>
          {one.slug === org ? <Check aria-hidden size={15} className="text-accent" /> : null}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem onSelect={() => void navigate({ to: '/orgs' })}>
        <Plus aria-hidden size={15} className="text-soft" />
        {t('orgs.title')}
      </MenuItem>
      {data?.platform_admin ? (
        <MenuItem onSelect={() => void navigate({ to: '/platform' })}>
          <ServerCog aria-hidden size={15} className="text-soft" />
          {t('nav.platform')}
        </MenuItem>
      ) : null}
    </Menu>
  )
}

export function AccountMenu({
  trigger,
  leave,
  keys,
}: {
  trigger: ReactElement
  leave: () => void
  keys: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Menu opened side="top" trigger={trigger}>
      <MenuItem onSelect={() => void navigate({ to: '/account' })}>{t('nav.account')}</MenuItem>
      <MenuItem onSelect={keys}>{t('keys.title')}</MenuItem>
      <MenuLine />
      <MenuItem onSelect={leave}>{t('action.sign_out')}</MenuItem>
    </Menu>
  )
}
