/**
 * The form to upload: two fields and a file.
 */

export const fields = { title: 'The sea at night', note: 'Long exposure; "no flash" & no tripod.' }

/** Size of the file in bytes. */
export const fileSize = 10_000_000

/** The body limit, for contenders that need one. */
export const maxUpload = 12_000_000
