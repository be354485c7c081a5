const email = 'test@example.com'
const password = 'correct horse battery'

/** Returns commands for a terminal, and code for the SDK, that call the service with this base URL. */
export function examplesFor(baseUrl: string): { title: string; text: string }[] {
  const url = baseUrl.replaceAll("'", '%27') // the only character of a URL that ends a quoted string
  return [
    {
      title: 'Sign up from the command line',
      text: curl(`${url}/api/v1/users/register/`, { email, password, password_confirm: password }),
    },
    {
      title: 'Sign in, after you have followed the link',
      text: curl(`${url}/api/v1/auth/token/`, { email, password }),
    },
    {
      title: 'Sign in with the SDK (npm run sdk:pack)',
      text: `import { Client } from 'gatehouse-sdk'

const client = new Client({ baseUrl: '${url}', storage: 'local' })
await client.createToken({
  email: '${email}',
  password: '${password}',
})
console.log(await client.getMe())`,
    },
  ]
}

function curl(url: string, body: object): string {
  return `curl -sS -w '\\n' '${url}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'`
}
