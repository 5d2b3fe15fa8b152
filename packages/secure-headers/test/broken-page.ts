import { stack } from '@tsgi/core'
import { secureHeaders } from '@tsgi/secure-headers'

export default stack(secureHeaders())(() => {
  throw new Error('thrown on purpose')
})
