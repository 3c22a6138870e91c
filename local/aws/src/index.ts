export { startAws, type AwsOptions, type LocalAws } from './start.ts'
export type { StackResult } from './cloudformation/deploy-stack.ts'
export type { Template } from './cloudformation/template.ts'
export { sweepTasks } from './runtime/sweep-tasks.ts'
