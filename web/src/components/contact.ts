// What is left of an address may be a mark of a link of its own: "?", "&" and "%" are characters of one.
export function mailTo(address: string): string {
  const at = address.lastIndexOf('@')
  return `mailto:${encodeURIComponent(address.slice(0, at))}${address.slice(at)}`
}

// The server checks it when it starts; a link of another scheme could run a script all the same.
export function httpsOnly(url: string | null): string | null {
  return url?.startsWith('https://') ? url : null
}
