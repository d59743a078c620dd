import { useTranslation } from '@/i18n'

// What a plan promises of isolation, by the name that the API has for it.
export function usePromise(): (profile: string) => string {
  const { find } = useTranslation()
  return (profile) => find(`isolation.profile_${profile}`) ?? profile
}
