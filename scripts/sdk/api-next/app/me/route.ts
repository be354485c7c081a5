import { readUserId } from '../../verify'

export async function GET(request: Request) {
  const user = await readUserId(request)
  if (user !== undefined) return Response.json({ user })
  return Response.json({ error: 'no valid access token' }, { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })
}
