/** The infrastructure's entry for the CLI; see docs/architecture.md. */
export const stackParts = ['identity', 'registry', 'network', 'service'] as const
