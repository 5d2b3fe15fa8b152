/** Answers for GitHub, so that the tests of signing in send nothing to the internet. Imported before the application. */
const realFetch = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const { hostname, pathname } = new URL(input instanceof Request ? input.url : input)
  switch (hostname + pathname) {
    case 'github.com/login/oauth/access_token':
      return Response.json({ access_token: 'token', token_type: 'bearer', scope: 'read:user,user:email' })
    case 'api.github.com/user':
      return Response.json({ id: 1, login: 'octocat', name: 'Octocat', email: 'octocat@example.org' })
    case 'api.github.com/user/emails':
      return Response.json([{ email: 'octocat@example.org', primary: true, verified: true }])
  }
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') throw new Error(`a request to ${hostname}`)
  return realFetch(input, init)
}
