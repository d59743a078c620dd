import { Problem } from './client'

// The name that the server gave the file; it names the organization by its id, nothing else.
export function fileName(disposition: string | null, otherwise: string): string {
  return /filename="([\w.-]+)"/.exec(disposition ?? '')?.[1] ?? otherwise
}

// Saves what a GET answers as a file, once all of it has come: a reply that breaks off is a problem,
// and no file that only looks whole.
export async function download(path: string, otherwise: string): Promise<void> {
  let response: Response
  let file: Blob
  try {
    response = await fetch(path, { credentials: 'same-origin' })
    file = await response.blob()
  } catch {
    throw new Problem(0, {})
  }
  if (!response.ok) {
    const wait = Number(response.headers.get('Retry-After') ?? '')
    let body: Record<string, unknown> = {}
    try {
      body = JSON.parse(await file.text()) as Record<string, unknown>
    } catch {
      // What is no problem in JSON is told by its status.
    }
    throw new Problem(response.status, body, Number.isFinite(wait) && wait > 0 ? wait : null)
  }
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = fileName(response.headers.get('Content-Disposition'), otherwise)
  link.click()
  // The browser has begun to read it by the next turn, and not before.
  setTimeout(() => URL.revokeObjectURL(address))
}
