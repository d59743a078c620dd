// Writes what is made from other sources and is not kept: the contract's types, the bounds of its
// bodies for forms, the actions of the audit log, and the table of pages.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { Generator, getConfig } from '@tanstack/router-generator'
import openapi, { astToString } from 'openapi-typescript'
import { parse } from 'yaml'

import { routing } from './routing.mjs'

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const contract = path.join(web, '..', 'api', 'openapi.yaml')
const made = path.join(web, 'src', 'api', 'made')

async function write(name, text) {
  const file = path.join(made, name)
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeFile(file, text)
}

// Of each schema that is a flat object of texts: which are required, and how long they may be.
function bounds(document) {
  const out = {}
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const fields = Object.entries(schema.properties ?? {}).filter(([, p]) => p.type === 'string')
    if (fields.length === 0) continue
    out[name] = Object.fromEntries(
      fields.map(([field, p]) => [
        field,
        {
          required: (schema.required ?? []).includes(field),
          ...(p.minLength ? { minLength: p.minLength } : {}),
          ...(p.maxLength ? { maxLength: p.maxLength } : {}),
        },
      ]),
    )
  }
  return out
}

await mkdir(made, { recursive: true })
const text = await readFile(contract, 'utf8')
await write('contract.d.ts', astToString(await openapi(text)))
const used = JSON.parse(await readFile(path.join(web, 'src', 'api', 'forms.json'), 'utf8'))
const document = parse(text)
const all = bounds(document)
await write(
  'bounds.ts',
  'export const bounds = ' +
    JSON.stringify(Object.fromEntries(used.map((name) => [name, all[name]])), null, 2) +
    ' as const\n',
)
await write(
  'audit.ts',
  '// What the log of an organization can hold.\nexport const auditActions = ' +
    JSON.stringify(document.components.schemas.AuditRow.properties.action.enum, null, 2) +
    ' as const\n',
)
process.chdir(web)
await new Generator({ config: getConfig(routing, web), root: web }).run()
