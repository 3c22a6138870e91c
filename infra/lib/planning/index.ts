export { keepFirstRevisions } from './first-revisions.ts'
export { unexplained, type CostDifference } from '../cost/documented.ts'
export { costChanges, type CostChange, type CostItem, type Estimate } from '../cost/estimate.ts'
export {
  priceEnvironment,
  priceProfile,
  priceTemplates,
  referenceState,
  type CostAssumptions,
  type EnvironmentCost,
} from '../cost/price-environment.ts'
export { readCostAssumptions } from '../cost/read-assumptions.ts'
export { describePlan, type InfraPlan } from '../plan/describe-plan.ts'
export { planInfra } from '../plan/plan-infra.ts'
export { certificateRegions } from '../edge/entry.ts'
export { hasCollector } from '../observability/collector.ts'
export { recoveryOf, type Phase, type Recovery, type RecoveryTime } from '../recovery/rto.ts'
export { waves, type PlannedStack } from './stack-plan.ts'
export { planStacks } from './stacks.ts'
export { buildApp, buildTemplates, readEnvironments, synthesize, type SynthesizeOptions } from './synthesize.ts'
