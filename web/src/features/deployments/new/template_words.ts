import type { Schemas } from '@/api/client'
import { useTranslation } from '@/i18n'

type Template = Schemas['Template']

// What a template says of itself is English; of those that come with the program there are words for it.
export function useTemplateWords() {
  const { find, language } = useTranslation()
  const said = (name: string, own: string) => (language === 'en' ? own : (find(`template.${name}`) ?? own))
  return {
    name: (of: Template) => said(`${of.name}.name`, of.display_name),
    text: (of: Template) => said(of.name, of.description),
    input: (of: Template, { name, description }: Template['inputs'][number]) =>
      said(`${of.name}.${name}`, description || name),
  }
}
