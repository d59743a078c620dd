import { NewPasswordPage } from './new_password'

export const ResetPage = () => (
  <NewPasswordPage
    path="/api/v1/auth/reset"
    text={{
      title: 'reset.title',
      lead: 'reset.lead',
      action: 'reset.action',
      done: 'reset.done_text',
    }}
  />
)
