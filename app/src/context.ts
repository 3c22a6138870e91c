import type { FastifyRequest } from 'fastify'
import type { Principal } from './auth/principal.ts'
import type { Actor } from './packages/write.ts'
import type { Registry } from './registry.ts'

/** What the routes are given of a request. */
export interface Context {
  readonly registry: Registry
  /** The registry's own URL as this client sees it. */
  base(request: FastifyRequest): string
  /** @throws RegistryError for credentials that are wrong */
  principal(request: FastifyRequest): Promise<Principal | undefined>
  /** @throws RegistryError BAD_CREDENTIALS, or TOO_MANY_REQUESTS after too many of them */
  byPassword(request: FastifyRequest, user: string, password: string): Promise<Principal>
  /** Somebody who may change things, and with which request. @throws RegistryError UNAUTHENTICATED or READ_ONLY_TOKEN */
  actor(request: FastifyRequest): Promise<Actor>
}
