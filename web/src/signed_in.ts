// Whether somebody was signed in in this tab and has not signed out: whoever is led to the sign-in page
// then is told that their session has ended. A reload keeps it, another tab has its own.
const key = 'signed-in'

export const rememberSignedIn = () => sessionStorage.setItem(key, '1')
export const forgetSignedIn = () => sessionStorage.removeItem(key)
export const wasSignedIn = () => sessionStorage.getItem(key) !== null
