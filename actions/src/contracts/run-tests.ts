import { rolloutHandleSchema } from '@sluice/core/rollout/handle'
import { defineContract, jsonInput } from '../runner/contract.ts'

export const contract = defineContract({ handle: jsonInput(rolloutHandleSchema) }, ['gate-result'])
