export { environmentStacks, shared, sharedStacks, stackName, templateFile } from './stacks.ts'
export { synthesize, type SynthesizeOptions } from './synthesize.ts'
