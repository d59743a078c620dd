import { readdirSync, readFileSync } from 'node:fs'

import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { deploymentsEn } from '@/i18n/deployments_en'

interface Kept {
  displayName: string
  description: string
  inputs?: { name: string; description: string }[]
}

test('the words for a template are those for what it says of itself now', () => {
  const texts: Record<string, string> = deploymentsEn
  const files = readdirSync('../templates').filter((file) => file.endsWith('.yaml'))
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const name = file.replace('.yaml', '')
    const { displayName, description, inputs = [] } = parse(readFileSync(`../templates/${file}`, 'utf8')) as Kept
    expect(texts[`template.${name}.name`]).toBe(displayName)
    expect(texts[`template.${name}`]).toBe(description)
    for (const input of inputs)
      expect(texts[`template.${name}.${input.name}`], input.name).toBe(input.description.replace("'", '’'))
  }
})
