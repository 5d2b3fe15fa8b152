// Keeps the page up to date. Without this script, reload the page.
const source = new URL('changes', document.currentScript.src)
let latest
let isWaiting = false

connect()

function connect() {
  const events = new EventSource(source)
  events.onmessage = ({ data }) => {
    latest = data
    update()
  }
  // A browser does not try again if there was an error page instead of events.
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 2_000)
  }
}

async function update() {
  const shown = document.querySelector('main')
  if (isWaiting || shown.dataset.version === latest) return
  isWaiting = true
  const next = await load()
  if (next !== null) replace(shown, next)
  setTimeout(() => {
    isWaiting = false
    if (next !== null) update()
  }, 250)
}

// Returns null while the server restarts, or if the application cannot be loaded: there will be another event.
async function load() {
  try {
    const response = await fetch(location.pathname)
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    return page.querySelector('main[data-version]')
  } catch {
    return null
  }
}

// Keeps what is open, and the focus.
function replace(shown, next) {
  for (const { id } of shown.querySelectorAll('details[open]')) {
    const same = next.querySelector(`#${id}`)
    if (same !== null) same.open = true
  }
  const { id } = document.activeElement ?? {}
  shown.replaceWith(next)
  if (id) document.getElementById(id)?.focus({ preventScroll: true })
}
