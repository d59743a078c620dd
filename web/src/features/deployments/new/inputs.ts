import type { Schemas } from '@/api/client'

type Template = Schemas['Template']
export type Input = Template['inputs'][number]

export interface TemplateValues {
  name: string
  exposure: Template['exposure']
  inputs: Record<string, string>
}

// A person has to fill in what the template neither makes nor has a value for.
export const mustBeGiven = (input: Input) =>
  input.required && !input.generated && input.default === null

export const startOf = (template: Template, name: string): TemplateValues => ({
  name,
  exposure: template.exposure,
  inputs: Object.fromEntries(template.inputs.map((input) => [input.name, ''])),
})

// What is left empty is the template's to say.
export function bodyOf(
  template: Template,
  { name, exposure, inputs }: TemplateValues,
): Schemas['DeploymentFromTemplate'] {
  const given = template.inputs.flatMap((input) => {
    const value = inputs[input.name] ?? ''
    return value === '' ? [] : [[input.name, value] as const]
  })
  return {
    name: name.trim(),
    template: template.name,
    inputs: Object.fromEntries(given),
    ...(exposure === template.exposure ? {} : { exposure }),
  }
}

// What a browser may keep of it: never a secret.
export function withoutSecrets(template: Template, values: TemplateValues): TemplateValues {
  const secret = new Set(template.inputs.filter((input) => input.secret).map((input) => input.name))
  return {
    ...values,
    inputs: Object.fromEntries(
      Object.entries(values.inputs).map(([name, value]) => [name, secret.has(name) ? '' : value]),
    ),
  }
}
