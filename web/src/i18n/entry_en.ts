import { en } from './en'
import { problemsEn } from './problems_en'

// What is said before anybody is signed in, and of what goes wrong.
export const entry = { texts: en, problems: problemsEn, faults: [] }
