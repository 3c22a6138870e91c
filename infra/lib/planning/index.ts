export { waves, type PlannedStack } from './stack-plan.ts'
export { environmentStacks, planStacks, shared, sharedStacks, stackName, templateFile } from './stacks.ts'
export { buildApp, buildTemplates, synthesize, type SynthesizeOptions } from './synthesize.ts'
