import { join } from 'node:path'
import { openStateStore } from '../state-store.ts'

/** What the registry scans without being asked (API: RegistryScanningConfiguration). */
export interface ScanningConfiguration {
  readonly scanType: string
  readonly rules: readonly {
    readonly scanFrequency: string
    readonly repositoryFilters: readonly { readonly filter: string; readonly filterType: string }[]
  }[]
}

/** The registry's scanning configuration; nothing is scanned until one is put. */
export interface RegistryScanning {
  get(): ScanningConfiguration
  put(configuration: ScanningConfiguration): void
  /** Whether a push to this repository begins a scan. */
  scansOnPush(repository: string): boolean
}

export function createRegistryScanning(stateFolder: string): RegistryScanning {
  const store = openStateStore<ScanningConfiguration>(join(stateFolder, 'registry-scanning.json'))
  const get = () => store.get('configuration') ?? { scanType: 'BASIC', rules: [] }
  return {
    get,
    put: (configuration) => store.set('configuration', configuration),
    scansOnPush: (repository) =>
      get().rules.some(
        ({ scanFrequency, repositoryFilters }) =>
          scanFrequency !== 'MANUAL' && repositoryFilters.some(({ filter }) => matches(repository, filter)),
      ),
  }
}

/** A filter without a wildcard matches every name that holds it (ECR: "Filters"). */
function matches(repository: string, filter: string): boolean {
  if (!filter.includes('*')) return repository.includes(filter)
  const [first = '', ...rest] = filter.split('*').map((part) => RegExp.escape(part))
  return new RegExp(`^${[first, ...rest].join('.*')}$`).test(repository)
}
