import { nameOf, type Stack } from '../templates.ts'

/** Alarms that tell nobody and feed no composite alarm that does. */
export function silentAlarms(stacks: readonly Stack[]): string[] {
  return stacks.flatMap((stack) => {
    const composites = stack.ofType('AWS::CloudWatch::CompositeAlarm')
    const tells = ({ properties }: (typeof composites)[number]) =>
      properties['ActionsEnabled'] !== false && properties['AlarmActions']?.length > 0
    const feeds = (id: string) =>
      composites.some((composite) => JSON.stringify(composite.properties['AlarmRule']).includes(`"${id}"`))
    return [
      ...composites.filter((composite) => !tells(composite)),
      ...stack.ofType('AWS::CloudWatch::Alarm').filter((alarm) => !tells(alarm) && !feeds(alarm.logicalId)),
    ].map((resource) => nameOf(stack, resource))
  })
}
