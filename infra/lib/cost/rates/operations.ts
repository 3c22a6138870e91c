import { list, text, type Rate } from './terms.ts'

/** How watching and recovering are billed. */
export const operationRates: Readonly<Record<string, Rate>> = {
  'AWS::Logs::LogGroup': ({ properties }, { usage }) => {
    const isTask = text(properties['LogGroupName']).startsWith('/sluice/')
    return [
      {
        item: isTask ? 'logs of services and traffic' : 'other logs',
        category: 'monitoring',
        price: 'logs.gb',
        quantity: isTask ? usage.taskLogGb : usage.otherLogGb,
      },
    ]
  },
  'AWS::CloudWatch::Alarm': ({ properties }) => [
    {
      item: 'alarm',
      category: 'monitoring',
      price: 'alarm',
      quantity: Math.max(1, list(properties['Metrics']).filter((metric) => 'MetricStat' in metric).length),
    },
  ],
  'AWS::CloudWatch::CompositeAlarm': () => [
    { item: 'composite alarm', category: 'monitoring', price: 'alarm.composite', quantity: 1 },
  ],
  'AWS::CloudWatch::Dashboard': () => [{ item: 'dashboard', category: 'monitoring', price: 'dashboard', quantity: 1 }],
  'AWS::ApplicationSignals::ServiceLevelObjective': (_, { usage }) => [
    { item: 'service level objective', category: 'monitoring', price: 'slo', quantity: usage.millionRequests },
  ],
  'AWS::ARCRegionSwitch::Plan': () => [
    { item: 'Region switch plan', category: 'recovery', price: 'region-switch.plan', quantity: 1 },
  ],
}
