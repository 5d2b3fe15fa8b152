/**
 * The content of the page, and what the contenders have to agree on.
 */

export interface Book {
  number: number
  title: string
  author: string
  note: string
}

const titles = [
  'Pride & Prejudice',
  'If on a winter’s night a traveler',
  'The Hitchhiker\'s Guide to the "Galaxy"',
  'Structure and Interpretation of Computer Programs',
  'Less < More',
]
const authors = [
  'Jane Austen',
  'Italo Calvino',
  "Flann O'Brien",
  'H. Abelson & G. J. Sussman',
  'Željko Ćirić',
]
const notes = [
  'Read twice; lent to <Bob>, who has not brought it back.',
  'A gift.',
  'On the shelf by the window, third from the left, behind the atlas.',
  'See also "Mathematics & its applications", p. 12.',
  "Not mine: it's the library's.",
  '<script>alert("no")</script>',
  '',
]

/** 50 rows with every character that must be escaped in HTML. */
export const books: readonly Book[] = Array.from({ length: 50 }, (_, index) => ({
  number: index + 1,
  title: titles[index % titles.length]!,
  author: authors[(index * 3) % authors.length]!,
  note: notes[index % notes.length]!,
}))

/** The secret of those contenders that sign their sessions. */
export const secret = 'for the benchmark only: everyone can read it'
