import { makeServer } from '@tsgi/wsgi/simple-server'
import { application } from './wsgi-app.ts'

makeServer('', 8000, application).serveForever()
