/**
 * HTML templates for TSGI: a middleware that adds `render`, with Eta or any other engine. `@tsgi/templates/markup` has
 * HTML in tagged templates, which needs neither files nor an engine.
 */
export type { AsyncTemplateEngine, TemplateEngine } from './engine/engine.ts'
export type { TemplateErrorCode, TemplateErrorInit } from './engine/template-error.ts'
export { TemplateError } from './engine/template-error.ts'
export { locals } from './locals.ts'
export type { RenderTemplate, TemplateViews } from './render.ts'
export type { TemplatesOptions } from './templates.ts'
export { templates } from './templates.ts'
