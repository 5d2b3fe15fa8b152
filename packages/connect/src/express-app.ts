/** The `app` of requests and responses: an Express application with no settings. */
export const expressApp: {
  readonly locals: Record<string, unknown>
  get(setting: string): undefined
  enabled(setting: string): false
} = {
  locals: {},
  get: () => undefined,
  enabled: () => false,
}
