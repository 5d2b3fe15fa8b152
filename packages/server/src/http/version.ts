/** This package's version; a test holds it to package.json's. */
export const version = '0.0.0'
