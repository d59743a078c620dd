import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const program = process.env.KS_PROGRAM ?? path.join(checkout, 'build/release/k8s-scheduler')
const startMs = 30_000

export const password = 'seven quiet mountains sleep'

function printed(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const take = (chunk: Buffer) => {
      text += chunk.toString()
      const found = what.exec(text)
      if (found) resolve(found[1] ?? '')
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)))
    setTimeout(() => reject(new Error(`nothing like ${what} in: ${text}`)), startMs).unref()
  })
}

// A part of a mail as text, whatever it was encoded in.
function plain(mail: string): string {
  const [, ...parts] = mail.split(/\r?\n--[^\r\n]+\r?\n/)
  const part = parts.find((one) => /content-type: text\/plain/i.test(one)) ?? mail
  const [head = '', ...body] = part.split(/\r?\n\r?\n/)
  const text = body.join('\n\n')
  if (/encoding: base64/i.test(head)) return Buffer.from(text, 'base64').toString()
  if (!/encoding: quoted-printable/i.test(head)) return text
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
}

export interface Account {
  email: string
  name: string
  cookie: string
}

// The program on a fresh database and the simulated cluster, and a mail server beside it.
export class Installation {
  private constructor(
    readonly url: string,
    readonly setupToken: string,
    private readonly folder: string,
    private readonly children: ChildProcess[],
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<Installation> {
    const folder = mkdtempSync(path.join(tmpdir(), 'ks-browser-'))
    mkdirSync(path.join(folder, 'mail'))
    const sink = spawn(
      '/usr/bin/python3',
      [path.join(checkout, 'src/mail/smtp_sink.py'), path.join(folder, 'mail')],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    )
    const smtp = await printed(sink, /^(\d+)\n/)
    const server = spawn(program, ['serve'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/bin:/bin',
        HOME: folder,
        SERVER_ADDR: '127.0.0.1:0',
        BASE_URL: 'http://localhost:8080',
        DEPLOYMENT_DOMAIN: 'apps.localhost',
        KUBERNETES_ENABLED: 'simulated',
        SECRETS_KEY: randomBytes(32).toString('base64'),
        DATABASE_DSN: `sqlite:${folder}/data.db`,
        SMTP_URL: `smtp://127.0.0.1:${smtp}`,
        MAIL_FROM: 'K8s Scheduler <no-reply@localhost.test>',
        TRUSTED_PROXIES: '127.0.0.1/32',
        ...settings,
      },
    })
    const port = printed(server, / on 127\.0\.0\.1:(\d+) /)
    const token = await printed(server, /\/setup#(\S+)\n/)
    return new Installation(`http://localhost:${await port}`, token, folder, [sink, server])
  }

  stop() {
    for (const child of this.children) child.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  // The path and fragment of the link in the newest mail to this address that leads there.
  async link(email: string, to: string): Promise<string> {
    const until = Date.now() + startMs
    const folder = path.join(this.folder, 'mail')
    for (;;) {
      const mails = readdirSync(folder).filter((name) => name.endsWith('.eml')).sort().reverse()
      for (const name of mails) {
        const mail = readFileSync(path.join(folder, name), 'utf8')
        if (!(mail.split('\n')[0] ?? '').split('\t').includes(email)) continue
        const found = new RegExp(`http://localhost:8080(${to}#[\\w-]+)`).exec(plain(mail))
        if (found?.[1]) return found[1]
      }
      if (Date.now() > until) throw new Error(`no mail to ${email} with a link to ${to}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async call(verb: string, to: string, body?: unknown, cookie = '', from = ''): Promise<Response> {
    return fetch(`${this.url}/api/v1${to}`, {
      method: verb,
      headers: {
        'Content-Type': 'application/json',
        ...(cookie ? { Cookie: cookie } : {}),
        ...(from ? { 'X-Forwarded-For': from } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  private async signedIn(reply: Response, email: string, name: string): Promise<Account> {
    if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`)
    return { email, name, cookie: (reply.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '' }
  }

  private people = 0

  // Signed up and verified, with an organization. Each from a network of their own: from one address
  // only so many sign up in an hour.
  async account(email: string, name: string): Promise<Account> {
    const from = `10.0.${++this.people >> 8}.${this.people & 255}`
    const asked = await this.call('POST', '/auth/signup', { email, password, name }, '', from)
    if (asked.status !== 202) return this.signedIn(asked, email, name)
    const token = (await this.link(email, '/verify')).split('#')[1]
    const made = await this.call('POST', '/auth/verify', { token, password }, '', from)
    return this.signedIn(made, email, name)
  }

  async administrator(): Promise<Account> {
    const email = 'root@example.com'
    const body = { token: this.setupToken, email, password, name: 'Root' }
    const made = await this.call('POST', '/setup', body)
    if (!made.ok) throw new Error(`${made.status}: ${await made.text()}`)
    return this.signedIn(await this.call('POST', '/auth/login', { email, password }), email, 'Root')
  }
}
