import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

import { me } from '@/api/queries'
import { NotFoundText } from '@/components/not_found'
import { Frame } from '@/features/frame/frame'

// For everybody but its administrators the platform is not there.
export function PlatformFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const { data } = useQuery(me)
  const may = data?.platform_admin ?? false
  return (
    <Frame org={null} platform={may} name={t(may ? 'nav.platform' : 'nav.no_organization')}>
      {may ? children : data ? <NotFoundText /> : null}
    </Frame>
  )
}
