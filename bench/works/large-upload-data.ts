/**
 * The form to upload: a title and a file of 5 GB.
 */

export const title = 'The sea at night'

/** Size of the file in bytes. */
export const fileSize = 5_000_000_000
