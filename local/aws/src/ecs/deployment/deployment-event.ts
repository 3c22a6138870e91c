/** What can happen to a service deployment. `at` is wall milliseconds. */
export type DeploymentEvent =
  | { readonly type: 'began'; readonly at: number; readonly desiredCount: number; readonly alarmed: readonly string[] }
  | { readonly type: 'stepBegan'; readonly at: number }
  | { readonly type: 'stepLost'; readonly at: number }
  | { readonly type: 'shifted'; readonly at: number; readonly traffic: 'production' | 'test'; readonly percent: number }
  | { readonly type: 'stepDone'; readonly at: number }
  | { readonly type: 'paused'; readonly at: number; readonly hookIds: readonly string[] }
  | { readonly type: 'hookAnswered'; readonly at: number; readonly hookId: string; readonly action: HookAction }
  | { readonly type: 'hookExpired'; readonly at: number; readonly hookId: string }
  | { readonly type: 'taskFailed'; readonly at: number; readonly desiredCount: number }
  | { readonly type: 'taskHealthy'; readonly at: number }
  | { readonly type: 'alarmed'; readonly at: number; readonly alarms: readonly string[] }
  | { readonly type: 'failed'; readonly at: number; readonly because: string }
  | { readonly type: 'rollbackRequested'; readonly at: number }
  | { readonly type: 'superseded'; readonly at: number }
  | { readonly type: 'stopped'; readonly at: number }

type HookAction = 'CONTINUE' | 'ROLLBACK'
