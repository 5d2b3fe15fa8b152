/** The path of the page. */
export const devtoolsPath = '/__tsgi'
