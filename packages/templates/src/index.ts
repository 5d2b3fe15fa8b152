/**
 * Templates for TSGI: a middleware that adds `render`, over Eta or any other engine. `@tsgi/templates/markup` has
 * HTML in tagged templates, which needs neither files nor an engine.
 */
export type { AsyncEngine, Engine } from './engine.ts'
export type { AnyViews, Render, Views } from './render.ts'
export type { Rendering } from './shared.ts'
export { shared } from './shared.ts'
export type { TemplateErrorCode, TemplateErrorInit } from './template-error.ts'
export { TemplateError } from './template-error.ts'
export type { TemplatesOptions } from './templates.ts'
export { templates } from './templates.ts'
