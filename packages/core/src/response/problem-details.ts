import { errorPhrase } from '../http/status.ts'
import type { HttpError } from './http-error.ts'

/**
 * Returns an error as problem details (RFC 9457), in JSON.
 *
 * @param onFailure Called if the extensions are left out because they have no JSON form.
 */
export function problemDetails(error: HttpError, onFailure: (failure: unknown) => void): string {
  const { type, status, detail } = error
  const standard = { type, title: errorPhrase(status), status, detail }
  try {
    return JSON.stringify({ ...standard, ...extensionMembers(error) })
  } catch (failure) {
    // A bug in the application, but the client still gets a response.
    onFailure(failure)
    return JSON.stringify(standard)
  }
}

function extensionMembers({ extensions }: HttpError): Record<string, unknown> {
  const standard = ['type', 'title', 'status', 'detail']
  // JSON.stringify would call a `toJSON` and send its result instead.
  const own = Object.entries(extensions).filter(([name]) => !standard.includes(name) && name !== 'toJSON')
  return Object.fromEntries(own)
}
