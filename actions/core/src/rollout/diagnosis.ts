/** What is gathered about a rollout that did not land. */
export interface DiagnosisFacts {
  readonly statusReason: string
  readonly events: ReadonlyArray<{ readonly at: Date; readonly message: string }>
  readonly stoppedTasks: readonly StoppedTask[]
  readonly targets: ReadonlyArray<{
    readonly targetGroup: string
    readonly target: string
    readonly state: string
    readonly reason?: string | undefined
  }>
  readonly logLines: readonly string[]
  readonly triggeredAlarms: readonly string[]
}

export interface StoppedTask {
  readonly arn: string
  readonly stopCode?: string | undefined
  readonly stoppedReason?: string | undefined
  readonly containers: ReadonlyArray<{
    readonly name: string
    readonly exitCode?: number | undefined
    readonly reason?: string | undefined
  }>
}

/** Stop reasons in ECS's words, and what they mean to a reader. First match wins. */
const causes: ReadonlyArray<readonly [pattern: RegExp, cause: string]> = [
  [
    /CannotPullContainer/,
    'the image could not be pulled: check its digest, the execution role and the route to the registry',
  ],
  [
    /unable to (pull|retrieve) secret|secretsmanager/i,
    'a secret could not be read: check its name and the execution role',
  ],
  [/OutOfMemory/, 'a container ran out of memory: raise task.memory or mend the leak'],
  [/network interface|ENI/, 'the network interface could not be attached: check subnets and security groups'],
  [/ResourceInitializationError/, 'the task could not be prepared: the reason names what was missing'],
  [
    /failed (ELB|container) health checks/i,
    'tasks ran but never became healthy: look at the last log lines and the health path',
  ],
  [/Essential container/i, 'the container exited by itself: look at its exit code and last log lines'],
]

/** The most telling cause in one line, with the count of tasks that it stopped; `undefined` when nothing is known but ECS's reason. */
export function findCause({ stoppedTasks, triggeredAlarms, targets }: DiagnosisFacts): string | undefined {
  if (triggeredAlarms.length > 0) return `the alarm ${triggeredAlarms.join(', ')} went off`
  for (const [pattern, cause] of causes) {
    const hit = stoppedTasks.filter((task) => pattern.test(describeStop(task)))
    if (hit[0]) return `${cause} (${hit.length} of ${stoppedTasks.length} stopped tasks; ${describeStop(hit[0])})`
  }
  const ill = targets.find(({ state }) => state === 'unhealthy')
  return ill ? `target ${ill.target} is unhealthy: ${ill.reason ?? 'no reason given'}` : undefined
}

/** ECS's reason with what was measured about it, in one line: "the threshold was exceeded" alone tells nobody what to mend. */
export function reasonWithCause(facts: DiagnosisFacts): string {
  const cause = findCause(facts)
  return cause == null ? facts.statusReason : `${facts.statusReason} Most likely: ${cause}`
}

/** A stopped task in one line. */
export function describeStop({ stopCode, stoppedReason, containers }: StoppedTask): string {
  const exits = containers
    .filter(({ exitCode, reason }) => (exitCode ?? 0) !== 0 || reason != null)
    .map(
      ({ name, exitCode, reason }) => `${name}: exit code ${exitCode ?? 'none'}${reason == null ? '' : `, ${reason}`}`,
    )
  return [stopCode, stoppedReason, ...exits].filter((text) => text != null && text !== '').join('; ')
}

/** The whole diagnosis as Markdown, equal tasks named once. */
export function describeDiagnosis(facts: DiagnosisFacts): string {
  const cause = findCause(facts)
  const tasks = countEqual(facts.stoppedTasks.map(describeStop))
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`**${title}**`, '', ...lines, '']
  return [
    '#### What happened',
    '',
    `ECS: ${facts.statusReason}`,
    '',
    ...(cause == null ? [] : [`Most likely: ${cause}`, '']),
    ...section(
      'Stopped tasks',
      [...tasks].map(([text, count]) => `- ${count} x ${text}`),
    ),
    ...section(
      'Targets',
      facts.targets.map(
        ({ targetGroup, target, state, reason }) =>
          `- ${targetGroup} ${target}: ${state}${reason ? ` (${reason})` : ''}`,
      ),
    ),
    ...section(
      'Alarms',
      facts.triggeredAlarms.map((name) => `- ${name}`),
    ),
    ...section(
      'Events',
      facts.events.slice(0, 15).map(({ at, message }) => `- ${at.toISOString().slice(11, 19)} ${message}`),
    ),
    ...section('Last log lines', facts.logLines.length === 0 ? [] : ['```', ...facts.logLines, '```']),
  ].join('\n')
}

function countEqual(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}
