import { describeList } from './support/describeList.ts'
import { sessionList } from './support/sessionList.ts'

describeList({ ...sessionList, operationId: 'listUserSessions', forSuperusers: true })
