/** A process that reads the configuration for a master, whose own modules are loaded once. */
import { exitWith } from '../console/exit-with.ts'
import { readSettings } from './settings.ts'

// The sockets of a service manager are its parent's.
readSettings(process.argv.slice(2), 'serve', process.ppid)
  .then((settings) => process.send!(settings, undefined, {}, () => process.exit()))
  .catch(exitWith)
