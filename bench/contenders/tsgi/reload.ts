// tsgi serve reload.ts --http 127.0.0.1:$PORT --workers 2
import { setTimeout } from 'node:timers/promises'
import { text } from '@tsgi/core'
import { router } from '@tsgi/router'

export const application = router({
  '/': {
    GET: async () => {
      await setTimeout(5)
      return text('Hello, World!')
    },
  },
})
