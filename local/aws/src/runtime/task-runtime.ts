/** One container to run. What it is given is everything it gets: no variable of the host leaks in. */
export interface ContainerSpec {
  /** Unique; names the container, its cgroup and its folder. */
  readonly id: string
  readonly image: UnpackedImage
  readonly entryPoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly workingDirectory?: string
  readonly user?: string
  readonly memoryMiB: number
  readonly readonlyRootFilesystem: boolean
  /** The port that the container is told to listen on (`PORT`), chosen by the caller, on 127.0.0.1. */
  readonly port?: number
  readonly onOutput: (line: string, stream: 'stdout' | 'stderr') => void
}

/** Why a container ended. `reason` is in ECS's words (`OutOfMemoryError: …`, `CannotStartContainerError: …`). */
export interface ContainerExit {
  readonly exitCode: number | null
  readonly reason?: string
}

export interface RunningContainer {
  readonly exited: Promise<ContainerExit>
  /** SIGTERM, then SIGKILL after the grace; resolves when it is gone. Safe to call twice. */
  stop(graceMilliseconds: number): Promise<ContainerExit>
}

/** Where containers run: `docker` or `process`. */
export interface TaskRuntime {
  readonly name: 'docker' | 'process'
  /** What it cannot do on this machine, one sentence each, for people to read. */
  readonly notes?: readonly string[]
  /** Starts it; rejects with an `Error` whose message is ECS's stopped reason when it cannot be started. */
  start(spec: ContainerSpec): Promise<RunningContainer>
  /** Does ahead of time what `start` has to do for every image once. A runtime whose engine does so by itself has none. */
  prepare?(image: UnpackedImage): Promise<void>
  /** Ends everything that a killed run left behind in this state folder. */
  sweep(): Promise<void>
}

/** A runtime, or why there is none of that name on this machine. */
export type RuntimeAvailability =
  | { readonly available: true; readonly runtime: TaskRuntime }
  | { readonly available: false; readonly reason: string }

/** OCI image configuration: the part that a runtime needs. */
export interface ImageConfig {
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly WorkingDir?: string
  readonly User?: string
  readonly Labels?: Readonly<Record<string, string>>
}

/** An image that ECR holds, ready for a runtime. */
export interface UnpackedImage {
  /** `host/repository@sha256:…`: what docker would pull. */
  readonly reference: string
  readonly digest: string
  readonly config: ImageConfig
  /** Layer blobs in order, as files on disk (tar, gzip by media type). */
  readonly layers: ReadonlyArray<{ readonly file: string; readonly mediaType: string; readonly digest: string }>
}

/** What ECR offers to the runtimes. */
export interface ImageStore {
  /** Rejects with `CannotPullContainerError: …` in ECS's words when there is no such image. */
  image(reference: string): Promise<UnpackedImage>
}
