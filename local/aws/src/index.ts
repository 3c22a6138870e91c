export { startAws, type AwsOptions, type LocalAws } from './start.ts'
export type { StackResult, Template } from './cloudformation/deploy-stack.ts'
export { sweepTasks } from './runtime/sweep-tasks.ts'
