/** Names of devices, in any folder and with any ending. The digits of COM and LPT may be superscript. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3]) *(?:[.:]|$)/i

/**
 * Reports whether Windows takes a name literally. It ignores dots and spaces at the end, opens devices by their names, and
 * reads `:` as the start of a stream: `secret.txt.`, `secret.txt::$DATA` and `secret.txt` are the same file.
 *
 * Source: "Naming Files, Paths, and Namespaces", https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
export function isWindowsName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows does not allow them in names
  return !/[\x00-\x1f<>:"/\\|?*]|[. ]$/.test(name) && !DEVICE.test(name)
}
