/** A certificate that signs itself, for localhost and 127.0.0.1, in files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

export class TestCertificate implements AsyncDisposable {
  readonly folder: string
  /** The text that a client trusts. */
  ca = ''

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(): Promise<TestCertificate> {
    const certificate = new TestCertificate(await mkdtemp(join(tmpdir(), 'tsgi-tls-')))
    await certificate.renew()
    return certificate
  }

  /** The option `tls`. */
  get files(): { cert: string; key: string } {
    return { cert: join(this.folder, 'site.pem'), key: join(this.folder, 'site.key') }
  }

  /** Writes another one in its place. */
  async renew(): Promise<void> {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      extensions: [
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: 'localhost' },
            { type: 7, ip: '127.0.0.1' },
          ],
        },
      ],
    })
    this.ca = made.cert
    await writeFile(this.files.cert, made.cert)
    await writeFile(this.files.key, made.private)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true })
  }
}
