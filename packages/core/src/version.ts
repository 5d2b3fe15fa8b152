/** This package's version; a test holds it to package.json's. */
export const version = '0.0.0'

/** The version of SPEC.md that this package implements. It changes with the contract, not with the package. */
export const specVersion = '1.0'
