import { AwsError } from '../endpoint/service.ts'

/** A ValidationError, CloudFormation's answer to most of what is wrong. */
export const invalid = (message: string): AwsError => new AwsError('ValidationError', message)
