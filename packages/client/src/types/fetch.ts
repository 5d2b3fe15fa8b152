/** Types of `fetch` that exist only with the library of the DOM, which a program on a server may leave out. */
export type FetchBody = NonNullable<ConstructorParameters<typeof Response>[0]>
export type FetchHeaders = NonNullable<ConstructorParameters<typeof Headers>[0]>
export type FetchCredentials = Request['credentials']
