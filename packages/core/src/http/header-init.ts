/** What a `Headers` can be made from, under a name that exists without the DOM's type library too. */
export type HeaderInit = NonNullable<ResponseInit['headers']>
