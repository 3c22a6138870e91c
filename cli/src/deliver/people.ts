import { createInterface } from 'node:readline/promises'
import type { View } from './view.ts'

/** Those who answer for the configured people: a person at the terminal, or `--yes` in their place. */
export interface People {
  /** True to go on. A question that nobody can answer is an error, never a yes. */
  agree(question: string, as: string): Promise<boolean>
}

/** Answers every question as the configured reviewers would, and says that it does. */
export function agreeingPeople(view: View): People {
  return {
    agree: async (question, as) => {
      view.line(`${question} Yes, as ${as} (--yes)`)
      return true
    },
  }
}

/** Asks at the terminal. */
export function peopleAtTerminal(view: View, signal: AbortSignal): People {
  return {
    agree: async (question, as) => {
      if (!process.stdin.isTTY) {
        throw new Error(`nobody can answer "${question}": this is no terminal; run again with --yes to answer as ${as}`)
      }
      view.status('')
      const prompt = createInterface({ input: process.stdin, output: process.stdout })
      try {
        const answer = await prompt.question(`\n${question} As ${as} [y/N] `, { signal })
        return /^y(es)?$/i.test(answer.trim())
      } finally {
        prompt.close()
      }
    },
  }
}
