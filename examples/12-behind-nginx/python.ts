import { mount } from '@tsgi/core'
import { uwsgiProxy } from '@tsgi/uwsgi'
import { application as site } from './app.ts'

const python = uwsgiProxy({ socket: process.env.PYTHON_SOCKET ?? 'uwsgi:/run/app/python.sock' })

export const application = mount('/python', python)(site)
