import { AwsError } from '../../endpoint/service.ts'

/** Query requests carry text alone: a number or a truth may come as such. */
export function wholeNumber(
  name: string,
  value: unknown,
  range: { readonly from: number; readonly to: number },
): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < range.from || number > range.to) {
    throw new AwsError(
      'ValidationError',
      `${name} must be a whole number from ${range.from} to ${range.to}, found '${String(value)}'`,
    )
  }
  return number
}

/** As `wholeNumber`, with a default. */
export function numberOr(
  name: string,
  value: unknown,
  fallback: number,
  range: { readonly from: number; readonly to: number },
): number {
  return value === undefined ? fallback : wholeNumber(name, value, range)
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

/** A name of a load balancer or target group. */
export function resourceName(kind: string, name: string | undefined): string {
  if (name === undefined || !/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name)) {
    const rule = 'must be 1 to 32 letters, digits or hyphens, and must not begin or end with a hyphen'
    throw new AwsError('ValidationError', `The ${kind} name '${name ?? ''}' ${rule}`)
  }
  return name
}
