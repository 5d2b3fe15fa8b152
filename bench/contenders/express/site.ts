import { join } from 'node:path'
import flash from 'connect-flash'
import cookieParser from 'cookie-parser'
import express from 'express'
import session from 'express-session'
import { books, secret } from '../../works/site-data.ts'

declare module 'express-session' {
  interface SessionData {
    visits: number
  }
}

const app = express()
app.set('views', join(import.meta.dirname, 'views'))
app.set('view engine', 'ejs')

app.use(cookieParser())
app.use(session({ secret, resave: false, saveUninitialized: false }))
app.use(flash())

app.get('/', (req, res) => {
  req.session.visits = (req.session.visits ?? 0) + 1
  res.render('home', {
    title: 'Books',
    theme: req.cookies.theme ?? 'light',
    visits: req.session.visits,
    messages: req.flash('info'),
    books,
  })
})

app.post('/', (req, res) => {
  req.flash('info', 'Saved.')
  res.redirect(303, '/')
})

app.listen(Number(process.env.PORT), '127.0.0.1')
