import { useTranslation } from '@/i18n'
import { toldText } from '@/i18n/told'

// What the server says of a state: in the page's language as far as it knows the words, else as it was said.
export function Told({ text, className }: { text: string; className?: string }) {
  const { language } = useTranslation()
  const own = toldText(text)
  return (
    <span lang={own === null && language !== 'en' ? 'en' : undefined} className={className}>
      {own ?? text}
    </span>
  )
}
