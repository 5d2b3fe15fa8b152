import { nextPath, signedIn, signIn, signOut } from '@tsgi/auth/session'
import { cookies } from '@tsgi/cookies'
import { type Application, HttpError, redirect, stack, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import { session } from '@tsgi/session'
import * as oidc from 'openid-client'
import { z } from 'zod'

const attempt = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() })
const schema = { user: z.string(), idToken: z.string(), attempts: z.array(attempt) }

/** Maximum number of tabs in which a visitor can sign in at the same time. */
const MAX_ATTEMPTS = 5

/** Creates a site whose users sign in at an OpenID provider. */
export function createSite(provider: oidc.Configuration, secrets: string): Application {
  const users = new Map<string, { name: string }>()
  const web = stack(cookies(), session({ secrets, schema }))

  return router(web, {
    '/': signedIn({ load: (id) => users.get(id), signInPath: '/sign-in' })(({ user }) => text(user.name)),

    '/sign-in': async (environ) => {
      const attempt = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        next: nextPath(environ, `${environ.scriptName}/`),
      }
      environ.session.update('attempts', (before = []) => [...before, attempt].slice(-MAX_ATTEMPTS))
      const url = oidc.buildAuthorizationUrl(provider, {
        redirect_uri: new URL('sign-in/callback', environ.request.url).href,
        scope: 'openid profile',
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      })
      return redirect(url.href, 303)
    },

    '/sign-in/callback': async (environ) => {
      const url = new URL(environ.request.url)
      const attempts = environ.session.get('attempts') ?? []
      const attempt = attempts.find(({ state }) => state === url.searchParams.get('state'))
      if (attempt === undefined) {
        throw new HttpError(
          400,
          'This sign-in has expired, or the browser did not send the session cookie, which must be SameSite=Lax.',
        )
      }
      const { claims, idToken } = await requestClaims(provider, url, attempt)
      users.set(claims.sub, { name: String(claims.name ?? claims.sub) })
      signIn(environ, claims.sub)
      environ.session.set(
        'attempts',
        attempts.filter((each) => each !== attempt),
      )
      environ.session.set('idToken', idToken)
      return redirect(attempt.next, 303)
    },

    '/sign-out': {
      POST: (environ) => {
        const idToken = environ.session.get('idToken')
        signOut(environ)
        const home = new URL('.', environ.request.url).href
        if (idToken === undefined || provider.serverMetadata().end_session_endpoint === undefined) {
          return redirect(home, 303)
        }
        const parameters = { id_token_hint: idToken, post_logout_redirect_uri: home }
        return redirect(oidc.buildEndSessionUrl(provider, parameters).href, 303)
      },
    },
  })
}

/** Exchanges the code in the URL for an ID token. openid-client checks the token, the nonce and the issuer. */
async function requestClaims(
  provider: oidc.Configuration,
  url: URL,
  { state, nonce, verifier }: z.infer<typeof attempt>,
) {
  try {
    const tokens = await oidc.authorizationCodeGrant(provider, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
    })
    return { claims: tokens.claims()!, idToken: tokens.id_token! }
  } catch (cause) {
    if (cause instanceof oidc.AuthorizationResponseError) {
      throw new HttpError(403, 'The identity provider did not sign you in.', { cause })
    }
    throw new HttpError(502, 'The identity provider did not complete the sign-in.', { cause })
  }
}

export async function createApplication(): Promise<Application> {
  const { OIDC_ISSUER = '', OIDC_CLIENT_ID = '', OIDC_CLIENT_SECRET, SESSION_SECRET = '' } = process.env
  const provider = await oidc.discovery(new URL(OIDC_ISSUER), OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)
  return createSite(provider, SESSION_SECRET)
}
