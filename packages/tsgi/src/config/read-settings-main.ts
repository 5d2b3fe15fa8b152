/** The process that reads the configuration again for a reload. */
import { exitWith } from '../console/exit-with.ts'
import { readSettings } from './settings.ts'

// A service manager opens sockets for the master, which is the parent process.
readSettings(process.argv.slice(2), 'serve', process.ppid)
  // The configuration file may send messages, too.
  .then((settings) => process.send!({ tsgi: settings }, undefined, {}, () => process.exit()))
  .catch(exitWith)
