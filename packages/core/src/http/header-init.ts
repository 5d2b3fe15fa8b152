/** The parameter of `new Headers`, under a name that also exists without the DOM's type library. */
export type HeaderInit = NonNullable<ResponseInit['headers']>
