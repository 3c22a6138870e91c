import { localBase } from '@sluice/core/image/service-image'
import { markdownTable } from '../runner/summary.ts'
import type { BuiltImage } from './build-service-image.ts'
import type { PushOutcome } from './push-image.ts'

/** What a build made and what a push moved, for people. */
export function describeBuild(service: string, reference: string, image: BuiltImage, pushed?: PushOutcome): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  const total = image.layers.reduce((sum, { size }) => sum + size, 0)
  const push = describePush(pushed, megabytes)
  return [
    `### ${service} ${image.version}`,
    '',
    `\`${reference}\` (${megabytes(total)}): ${push}`,
    '',
    ...(image.base === localBase
      ? ["> Built on this machine's own libraries (local-base): for the local account alone.", '']
      : []),
    markdownTable(
      ['layer', 'size'],
      image.layers.map(({ digest, size }) => [`\`${digest.slice(0, 19)}\``, megabytes(size)]),
    ),
  ].join('\n')
}

function describePush(pushed: PushOutcome | undefined, megabytes: (bytes: number) => string): string {
  if (!pushed) return 'not pushed.'
  return pushed.wasThere ? 'was in the registry before.' : `pushed, ${megabytes(pushed.uploadedBytes)} of it new.`
}
