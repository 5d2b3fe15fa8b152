/**
 * Templates for TSGI: a middleware that adds `render`, over Eta or any other engine. `@tsgi/templates/markup` has
 * HTML in tagged templates, which needs neither files nor an engine.
 */
export type { AsyncEngine, Engine } from './engine/engine.ts'
export type { TemplateErrorCode, TemplateErrorInit } from './engine/template-error.ts'
export { TemplateError } from './engine/template-error.ts'
export type { Rendering } from './locals.ts'
export { shared } from './locals.ts'
export type { AnyViews, Render, Views } from './render.ts'
export type { TemplatesOptions } from './templates.ts'
export { templates } from './templates.ts'
