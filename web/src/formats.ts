// What the server would find wrong with a text, in its own words, so that a form tells it together with
// what else is wrong and not one round later. Nothing that it takes is refused here; it knows more.
export type Format = (text: string) => string | null

export const label =
  (most: number): Format =>
  (text) => {
    if (text.length > most) return `must have at most ${most} characters`
    if (!/^[a-z0-9-]*$/.test(text)) return "may only have lower-case letters, digits and '-'"
    return /^-|-$/.test(text) ? 'must start and end with a letter or digit' : null
  }

export const email: Format = (text) =>
  /^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(text.trim()) ? null : 'must be an e-mail address such as ann@example.com'

const part = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*'
const reference = new RegExp(
  `^(?:[A-Za-z0-9.:[\\]-]+/)?${part}(?:/${part})*(?::\\w[\\w.-]{0,127})?(?:@[a-z0-9]+:[a-f0-9]+)?$`,
)
export const image: Format = (text) =>
  reference.test(text.trim()) ? null : 'must be an image reference such as docker.io/library/redis:7'

export const quantity: Format = (text) =>
  /^(\d+\.?\d*|\.\d+)(m|k|M|G|T|Ki|Mi|Gi|Ti|Pi)?$/.test(text.trim())
    ? null
    : 'must be a quantity such as 500m, 1 or 256Mi'

export const variable: Format = (text) =>
  /^[A-Za-z_]\w*$/.test(text) ? null : "must start with a letter or '_' and go on with letters, digits and '_'"
