/** An OpenID provider on loopback, at which everyone is Ada, and a browser for it. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
// @ts-expect-error: has no types
import Provider from 'oidc-provider'

export const CLIENT: { readonly id: string; readonly secret: string } = {
  id: 'site',
  secret: 'a secret of the test that is long enough',
}

export interface OpenidProvider extends AsyncDisposable {
  readonly issuer: string
  /** Rejects the next sign-in, as if the user had cancelled it. */
  cancelNext(): void
}

/** @param sites The URLs of the sites that may use it. */
export async function startProvider(sites: readonly string[]): Promise<OpenidProvider> {
  let isCancelled = false
  let listener: RequestListener = () => {}
  const server = createServer((...exchange) => listener(...exchange))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: sites.map((site) => `${site}/sign-in/callback`),
        post_logout_redirect_uris: sites.map((site) => `${site}/`),
      },
    ],
    claims: { profile: ['name'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of the test'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, name: 'Ada' }) }),
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    // Everyone has given their consent.
    async loadExistingGrant({
      oidc,
    }: {
      oidc: { client: { clientId: string }; session: { accountId: string } }
    }) {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
  })
  const respond: RequestListener = provider.callback()
  listener = (incoming, outgoing) => {
    if (!incoming.url!.startsWith('/interaction/')) return respond(incoming, outgoing)
    const result = isCancelled ? { error: 'access_denied' } : { login: { accountId: '7' } }
    isCancelled = false
    provider.interactionFinished(incoming, outgoing, result)
  }
  return {
    issuer,
    cancelNext() {
      isCancelled = true
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Returns a function that follows redirects at the provider with its cookies, and returns where they lead. */
export function browserAt(
  issuer: string,
): (url: string, init?: RequestInit) => Promise<{ url: string; text: string }> {
  const jar = new Map<string, string>()
  return async function visit(url: string, init: RequestInit = {}): Promise<{ url: string; text: string }> {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(url, { ...init, headers: { ...init.headers, cookie }, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (value === '') jar.delete(name!)
      else jar.set(name!, value!)
    }
    const location = response.headers.get('location')
    const text = await response.text()
    if (location === null) return { url, text }
    const next = new URL(location, url)
    return next.origin === new URL(issuer).origin ? visit(next.href) : { url: next.href, text }
  }
}
