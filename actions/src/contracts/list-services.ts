import { defineContract } from '../runner/contract.ts'

export const contract = defineContract({}, ['services', 'environments', 'with-stacks', 'first'])
