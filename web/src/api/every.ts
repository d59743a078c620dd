// All of a list that the API gives in pages, for what has to be chosen from or said as a whole.
interface Paged<Item> {
  items: Item[]
  next_cursor: string | null
}

// `read` is given what to add to the query: as many as the API gives at once, and where to go on.
export async function everyPage<Item>(
  read: (query: { limit: number; cursor?: string }) => Promise<Paged<Item>>,
): Promise<Item[]> {
  const found: Item[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Paged<Item> = await read({ limit: 200, ...(cursor ? { cursor } : {}) })
    found.push(...page.items)
    cursor = page.next_cursor
  }
  return found
}
