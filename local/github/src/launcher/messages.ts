/** What the launcher is asked. Numbers name programs. */
export type LauncherRequest =
  | {
      readonly type: 'start'
      readonly id: number
      readonly command: string
      readonly args: readonly string[]
      readonly cwd: string
      readonly env: Readonly<Record<string, string | undefined>>
      /** What all processes of the program's job are marked with, when it is a job's. */
      readonly trackingId?: string
    }
  | { readonly type: 'signal'; readonly id: number; readonly signal: 'SIGINT' | 'SIGTERM' }
  /** The program ends now, with all that it started. */
  | { readonly type: 'end'; readonly id: number }
  /** Whatever still comes of an ended program's output is not wanted. */
  | { readonly type: 'release'; readonly id: number }

/** What the launcher tells. Nothing comes of a program after its `close`. */
export type LauncherReport =
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'output'; readonly id: number; readonly stream: 'stdout' | 'stderr'; readonly chunk: Buffer }
  /** 127 when it could not be started, with the reason as its last error output. */
  | { readonly type: 'exit'; readonly id: number; readonly code: number }
  | { readonly type: 'close'; readonly id: number }
