/** Adds postcards to the wall as soon as they are sent, and connects again when the server restarts. */
const wall = document.getElementById('wall')
const template = document.getElementById('postcard')
let last = Number(wall?.dataset.last)

function show({ number, author, caption, picture }) {
  const figure = template.content.cloneNode(true)
  figure.querySelector('a').href = `/pictures/${picture}?download`
  figure.querySelector('img').src = `/pictures/${picture}`
  figure.querySelector('img').alt = caption
  figure.querySelector('.caption').textContent = caption
  figure.querySelector('cite').textContent = author
  wall.prepend(figure)
  last = number
}

function connect(delay = 500) {
  let next = Math.min(delay * 2, 30_000)
  const socket = new WebSocket(`/live?after=${last}`)
  socket.onopen = () => {
    next = 500
    wall.dataset.live = 'yes'
  }
  socket.onmessage = ({ data }) => show(JSON.parse(data))
  socket.onclose = () => {
    wall.dataset.live = 'no'
    setTimeout(connect, delay * (0.5 + Math.random()), next)
  }
}

if (wall) connect()
