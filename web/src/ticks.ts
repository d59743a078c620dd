// How far behind a time that is told as of now may be.
const everyMs = 15_000

const told = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null

function tick() {
  for (const tell of told) tell()
}

// Nobody sees the time of a page that is hidden.
function run() {
  const wanted = told.size > 0 && document.visibilityState === 'visible'
  if (wanted && timer === null) timer = setInterval(tick, everyMs)
  if (wanted || timer === null) return
  clearInterval(timer)
  timer = null
}

function seen() {
  run()
  if (document.visibilityState === 'visible') tick()
}

// Tells that time has passed, all that ask by one timer. Gives what ends it.
export function onTick(tell: () => void): () => void {
  if (told.size === 0) document.addEventListener('visibilitychange', seen)
  told.add(tell)
  run()
  return () => {
    told.delete(tell)
    if (told.size === 0) document.removeEventListener('visibilitychange', seen)
    run()
  }
}
