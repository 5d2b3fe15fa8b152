/** Shows entries as they are written. The page works without this script, too. */
const entries = document.getElementById('entries')
const form = document.querySelector('form')
const status = document.querySelector('output')

/** @param {number} delay Milliseconds to wait before the next attempt. */
function connect(delay) {
  const last = entries.firstElementChild?.dataset.id ?? 0
  const socket = new WebSocket(`/live?after=${last}`)
  let next = Math.min(delay * 2, 30_000)
  socket.onopen = () => {
    status.textContent = 'live'
    next = 500
  }
  socket.onmessage = ({ data }) => entries.insertAdjacentHTML('afterbegin', data)
  socket.onclose = () => {
    status.textContent = 'connecting …'
    // By chance, so that not all tabs come back at once.
    setTimeout(connect, delay * (0.5 + Math.random()), next)
  }
}
connect(500)

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const body = new URLSearchParams(new FormData(form))
  const response = await fetch(form.action, { method: 'POST', body }).catch(() => undefined)
  // The entry arrives like those of others. If something is wrong, the next page says what.
  if (response?.ok) form.elements.message.value = ''
  else form.submit()
})
