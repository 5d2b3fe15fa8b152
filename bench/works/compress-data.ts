/** What the work `compress` sends: 50 KB of JSON, of which gzip leaves about a seventh. */
export const orders = Array.from({ length: 346 }, (_, index) => {
  const number = (index * 7919) % 10_007
  return {
    id: 100_000 + index,
    reference: `DE-${number.toString(36).toUpperCase()}-${(number * 31) % 997}`,
    customer: ['Ada Lovelace', 'Grace Hopper', 'Barbara Liskov', 'Radia Perlman', 'Hedy Lamarr'][number % 5],
    total: (number % 50_000) / 100,
    currency: 'EUR',
    paid: number % 3 !== 0,
    placed: new Date(1_767_225_600_000 + number * 60_000).toISOString(),
  }
})
