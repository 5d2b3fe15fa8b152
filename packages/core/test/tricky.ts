import fc from 'fast-check'

/** What a client may write for a target or a host, with whatever could lead a parser of URLs astray. */
export const tricky: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'/.%2eE5cCa:@?#[]\\&=;,\'"<>{}|^` '), maxLength: 24 }),
  fc.string({ unit: 'binary-ascii', maxLength: 24 }),
  fc.webUrl({ withQueryParameters: true }),
  fc.webAuthority({ withIPv4: true, withIPv6: true, withPort: true, withUserInfo: true }),
)
