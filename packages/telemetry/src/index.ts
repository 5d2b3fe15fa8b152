/**
 * Traces and metrics of requests with OpenTelemetry, named by route.
 */
export type { TelemetryOptions } from './settings.ts'
export { telemetry } from './telemetry.ts'
