/**
 * The postcards, and the channel that announces new ones.
 */
import { channels } from '@tsgi/websocket/channels'
import { database } from './data.ts'

export interface Postcard {
  readonly number: number
  readonly author: string
  readonly caption: string
  /** The name of the picture's file. */
  readonly picture: string
  readonly type: string
  readonly likes: number
  /** The time at which it was sent, in ISO 8601. */
  readonly sent: string
}

database.exec(`CREATE TABLE IF NOT EXISTS postcards (
  number INTEGER PRIMARY KEY, author TEXT, caption TEXT, picture TEXT UNIQUE, type TEXT, likes INTEGER DEFAULT 0, sent TEXT
) STRICT`)
const insert = database.prepare(
  'INSERT INTO postcards (author, caption, picture, type, sent) VALUES (?, ?, ?, ?, ?)',
)
const selectLatest = database.prepare('SELECT * FROM postcards ORDER BY number DESC LIMIT ?')
const selectAfter = database.prepare('SELECT * FROM postcards WHERE number > ? ORDER BY number LIMIT 100')
const selectOne = database.prepare('SELECT * FROM postcards WHERE number = ?')
const selectPicture = database.prepare('SELECT * FROM postcards WHERE picture = ?')
const like = database.prepare('UPDATE postcards SET likes = likes + 1 WHERE number = ? RETURNING *')

/** Provides `channels` to the handlers. */
export const live = channels()

export function addPostcard(card: Pick<Postcard, 'author' | 'caption' | 'picture' | 'type'>): void {
  insert.run(card.author, card.caption, card.picture, card.type, new Date().toISOString())
  void live.channels.publish('postcards', 'new')
}

/** Returns up to `count` postcards, newest first. */
export const latestPostcards = (count: number): Postcard[] => selectLatest.all(count) as unknown as Postcard[]

/** Returns up to 100 postcards that were sent after the one with this number, oldest first. */
export const postcardsAfter = (number: number): Postcard[] => selectAfter.all(number) as unknown as Postcard[]

export const findPostcard = (number: number): Postcard | undefined =>
  selectOne.get(number) as Postcard | undefined

export const findPicture = (picture: string): Postcard | undefined =>
  selectPicture.get(picture) as Postcard | undefined

/** Adds a like, and returns the postcard if it exists. */
export const likePostcard = (number: number): Postcard | undefined => like.get(number) as Postcard | undefined
