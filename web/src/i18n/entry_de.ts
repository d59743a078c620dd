import { de } from './de'
import { faultsDe } from './faults_de'
import { problemsDe } from './problems_de'

// What is said before anybody is signed in, and of what goes wrong.
export const entry = { texts: de, problems: problemsDe, faults: faultsDe }
