import type { ContainerSpec } from './task-runtime.ts'

/**
 * What a container executes: image and overrides put together as docker and ECS do. An overridden entry point drops the
 * image's command.
 * @throws Error with ECS's `CannotStartContainerError: …` when there is nothing to run.
 */
export function containerArgv(spec: ContainerSpec): readonly [program: string, ...args: string[]] {
  const { Entrypoint, Cmd } = spec.image.config
  const command = spec.command ?? (spec.entryPoint ? [] : (Cmd ?? []))
  const [program, ...args] = [...(spec.entryPoint ?? Entrypoint ?? []), ...command]
  if (program === undefined) throw new Error('CannotStartContainerError: no command specified')
  return [program, ...args]
}
