import { NewPasswordPage } from './new_password'

export const RestorePage = () => (
  <NewPasswordPage
    path="/api/v1/auth/address/restore"
    text={{
      title: 'restore.title',
      lead: 'restore.lead',
      action: 'restore.action',
      done: 'restore.done_text',
    }}
  />
)
