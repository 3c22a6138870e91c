import { createHash } from 'node:crypto'
import semver from 'semver'
import { RegistryError } from '../errors.ts'

/**
 * npm's rule for names that exist (validate-npm-package-name, old packages): at most 214 characters, URL-safe, no leading dot or
 * underscore (a scoped one may have that). Capitals are allowed as they are for `JSONStream`. `node_modules` and `favicon.ico` can never be installed.
 */
const namePattern = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/[a-z0-9_~-]|[a-z0-9~-])[a-z0-9._~-]*$/i
const reserved = new Set(['-', 'node_modules', 'favicon.ico', '__proto__', 'constructor', 'prototype'])

/** @throws RegistryError INVALID_NAME */
export function checkName(name: unknown): string {
  if (typeof name !== 'string' || name.length > 214 || !namePattern.test(name) || reserved.has(name)) {
    throw new RegistryError(
      'INVALID_NAME',
      `expected a package name that npm accepts (URL-safe, at most 214 characters), found ${quote(name)}`,
    )
  }
  return name
}

/** `@acme` of `@acme/button`; nothing for an unscoped name. */
export function scopeOf(name: string): string | undefined {
  return name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined
}

/** `button-1.0.0.tgz`: the registry derives it; clients send all kinds of attachment names. */
export function tarballName(name: string, version: string): string {
  return `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
}

/** @throws RegistryError INVALID_VERSION */
export function checkVersion(version: unknown): string {
  if (typeof version !== 'string' || version.length > 256 || semver.valid(version) !== version) {
    throw new RegistryError('INVALID_VERSION', `expected a semantic version such as 1.2.3, found ${quote(version)}`)
  }
  return version
}

/** A tag that is a valid range would be ambiguous in `name@tag` (npm refuses it too). @throws RegistryError INVALID_TAG */
export function checkTag(tag: unknown): string {
  if (
    typeof tag !== 'string' ||
    !/^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/.test(tag) ||
    semver.validRange(tag) !== null ||
    reserved.has(tag)
  ) {
    throw new RegistryError(
      'INVALID_TAG',
      `expected a tag such as "next" that is no version range, found ${quote(tag)}`,
    )
  }
  return tag
}

/** The slot of a package: the first 12 bits of its name's SHA-256, so that every process and every release agrees. */
export function slotOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt16BE(0) >>> 4
}

function quote(value: unknown): string {
  return typeof value === 'string'
    ? JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value)
    : typeof value
}
