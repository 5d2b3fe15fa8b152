/**
 * The form that is sent to every contender: two fields and a file.
 */

export const fields = { title: 'The sea at night', note: 'Long exposure; "no flash" & no tripod.' }

/** Bytes of the file. */
export const fileSize = 10_000_000

/** What a contender accepts at most, where it has to be told. */
export const maxUpload = 12_000_000
