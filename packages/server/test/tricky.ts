import fc from 'fast-check'

/** Text in which what means something to a parser is frequent. */
export const tricky: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'/.%2eE5cCa:@?#[]\\&=;,\'"<>{}|^` '), maxLength: 24 }),
  fc.string({ unit: 'binary-ascii', maxLength: 24 }),
  fc.webPath(),
  fc.webAuthority({ withIPv4: true, withIPv6: true, withPort: true, withUserInfo: true }),
  fc.webUrl({ withQueryParameters: true }),
)
