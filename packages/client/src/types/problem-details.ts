/** Problem details, the body of error responses (RFC 9457). */
export interface ProblemDetails {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly [member: string]: unknown
}
