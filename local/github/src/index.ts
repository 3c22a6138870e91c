/** The public surface of the local GitHub: see docs/architecture.md. */
export interface LocalGitHub {
  readonly url: string
  close(): Promise<void>
}
