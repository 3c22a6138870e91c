import * as z from 'zod'

/** Somebody who had a hand in a change. `login` is absent where GitHub knows no account for the address. */
export const personSchema = z.strictObject({
  login: z.string().optional(),
  name: z.string(),
  email: z.string(),
})
export type Person = z.output<typeof personSchema>

/** A commit of a change, with everyone who had a hand in it: author, committer and co-authors. */
export const changeCommitSchema = z.strictObject({
  sha: z.string(),
  subject: z.string(),
  people: z.array(personSchema),
})
export type ChangeCommit = z.output<typeof changeCommitSchema>

/** The co-authors that a commit message names in its trailers. */
export function coAuthors(message: string): Person[] {
  return [...message.matchAll(/^co-authored-by:\s*(.+?)\s*<([^<>\s]+)>\s*$/gim)].map(([, name = '', email = '']) =>
    withLogin({ name, email }),
  )
}

/** GitHub's private addresses carry the login: `123+login@users.noreply.github.com`. */
export function withLogin(person: Person): Person {
  const login = person.login ?? /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i.exec(person.email)?.[1]
  return login == null ? person : { ...person, login }
}

/** Whether an account is this person. Without a known account, a matching name or address counts against the approver. */
export function isPerson(login: string, person: Person): boolean {
  const wanted = login.toLowerCase()
  if (person.login != null) return person.login.toLowerCase() === wanted
  return person.name.toLowerCase() === wanted || person.email.split('@')[0]?.toLowerCase() === wanted
}
