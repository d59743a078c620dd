import { useTranslation } from '@/i18n'

// What people call a plan, of which most of the API tells the key alone.
export function usePlanName(): (key: string) => string {
  const { find } = useTranslation()
  return (key) => find(`plan.${key}`) ?? key
}
